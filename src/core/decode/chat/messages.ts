/**
 * What messages of a chat mean, whichever carrier brings them: text growth, tool calls, searches, citations, reasoning. A
 * message is known by its id, so that a turn that travels over several carriers, or is told twice, yields each event once.
 */
import type { EventDraft } from '../../../shared/events/schema'
import type { RunCounters } from '../counters'
import type { Change } from '../deltaV1'
import { field, isObject, stringField, textField } from '../json'
import { Answers } from './answers'
import { Citations } from './citations'
import { endsTurn, isAnswer, isFinished, isToolCall, roleOf, textOf, type Message } from './messageKind'
import { Reasoning } from './reasoning'
import { SEARCH_TOOLS } from './searchCalls'
import { Searches, type MessagePlace } from './searches'
import { Tools } from './tools'

/** What a turn learns from its messages. */
export interface MessageListener {
  /** The turn's number in the run. */
  readonly number: number
  /** An answer has text. */
  onAnswer(): void
  /** A final answer is finished: a proof of completion. */
  onFinished(): void
  /** @param isResolved it is the model that really answered, not the one that was asked for */
  onModel(model: string, isResolved: boolean): void
  /** A message that is itself an error. */
  onError(code: string, message: string): void
  /** The answer ends early, and why (`max_tokens`, `client_stopped`, …). */
  onPartial(why: string): void
}

/** Who brings a message. */
export interface MessageSource {
  /** An object for each decoder state. */
  readonly carrier: object
  readonly turn: MessageListener
}

/** Messages of very long runs that are remembered; what an older one tells again would be told twice. */
const MAX_REMEMBERED = 5000

/** The messages of a run. */
export class Messages {
  /** The number of the turn that first brought a message. */
  private readonly turnOf = new Map<string, number>()
  private readonly broken = new Set<string>()
  private readonly answers: Answers
  private readonly tools: Tools
  private readonly reasoning: Reasoning
  private readonly searches: Searches
  private readonly citations: Citations

  constructor(emit: (draft: EventDraft) => void, counters: RunCounters) {
    this.answers = new Answers(emit)
    this.tools = new Tools(emit)
    this.reasoning = new Reasoning(emit)
    this.searches = new Searches(emit, counters)
    this.citations = new Citations(emit, counters)
  }

  /** Whether any carrier brought this message. */
  knows(id: string): boolean {
    return this.turnOf.has(id)
  }

  /** The number of the turn that first brought this message. */
  turnNumber(id: string): number | undefined {
    return this.turnOf.get(id)
  }

  /**
   * A message, new or changed: tells what it holds that was not told yet.
   * @param changes what happened to it, paths relative to the message; undefined where it was told as a whole
   */
  update(message: Message, { carrier, turn }: MessageSource, changes: readonly Change[] | undefined): void {
    const id = textField(message, 'id')
    const role = roleOf(message)
    if (id === undefined || role === 'user' || role === 'system') return
    this.remember(id, turn.number)
    const metadata = field(message, 'metadata')
    if (isObject(metadata) && touches(changes, 'metadata')) this.model(metadata, turn)
    const place = { id, parentId: stringField(metadata, 'parent_id'), turn: this.turnOf.get(id) ?? turn.number }
    if (isToolCall(message)) this.toolCall(place, message)
    else if (role === 'tool') this.tools.result(id, message)
    else if (isAnswer(message)) {
      this.answers.update(id, message, carrier, changes)
      if (textOf(message) !== '') turn.onAnswer()
    } else this.reasoning.update(id, message, changes)
    this.systemError(id, message, turn)
    if (isObject(metadata)) this.metadata(place, metadata, changes)
    if (endsTurn(message)) turn.onFinished()
    else if (isAnswer(message) && isFinished(message)) this.partial(id, message, turn)
  }

  private remember(id: string, turn: number): void {
    if (this.turnOf.has(id)) return
    this.turnOf.set(id, turn)
    if (this.turnOf.size <= MAX_REMEMBERED) return
    const [oldest] = this.turnOf.keys()
    if (oldest === undefined) return
    this.turnOf.delete(oldest)
    this.answers.forget(oldest)
  }

  private toolCall(place: MessagePlace, message: Message): void {
    this.tools.call(place.id, message)
    const isSearch = SEARCH_TOOLS.has(stringField(message, 'recipient') ?? '')
    if (isSearch || field(field(message, 'metadata'), 'search_queries') !== undefined) {
      this.searches.call(place, isSearch ? textOf(message) : '', isFinished(message))
    }
  }

  private metadata(place: MessagePlace, metadata: Message, changes: readonly Change[] | undefined): void {
    if (changes === undefined) {
      this.searches.metadata(place, metadata)
      this.citations.metadata(place.id, metadata)
      return
    }
    for (const { path, op, value } of changes) {
      if (path.length > 0 && path[0] !== 'metadata') continue
      const change = { path: path.slice(1), op, value }
      this.searches.changed(place, metadata, change)
      this.citations.changed(place.id, metadata, change)
    }
  }

  private model(metadata: Message, turn: MessageListener): void {
    const resolved = textField(metadata, 'resolved_model_slug')
    const model = resolved ?? textField(metadata, 'model_slug')
    if (model !== undefined) turn.onModel(model, resolved !== undefined)
  }

  private systemError(id: string, message: Message, turn: MessageListener): void {
    const content = field(message, 'content')
    if (stringField(content, 'content_type') !== 'system_error' || this.broken.has(id)) return
    this.broken.add(id)
    turn.onError(textField(content, 'name') ?? 'system_error', textField(content, 'text') ?? 'no reason given')
  }

  private partial(id: string, message: Message, turn: MessageListener): void {
    const details = field(field(message, 'metadata'), 'finish_details')
    const type = stringField(details, 'type')
    const isPartial = stringField(message, 'status') === 'finished_partial_completion'
    if (!isPartial && type !== 'interrupted' && type !== 'max_tokens') return
    if (this.broken.has(id)) return
    this.broken.add(id)
    turn.onPartial(stringField(details, 'reason') ?? type ?? 'partial')
  }
}

function touches(changes: readonly Change[] | undefined, name: string): boolean {
  return changes === undefined || changes.some(({ path }) => path.length === 0 || path[0] === name)
}
