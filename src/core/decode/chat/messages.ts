/**
 * What messages of a chat mean, whichever carrier brings them: text growth, tool calls, searches, citations, reasoning. A
 * message is known by its id, so that a turn that travels over several carriers, or is told twice, yields each event once.
 */
import type { EventDraft } from '../../../shared/events/schema'
import { defined, field, isObject, listField, parseJson, stringField, type Json } from '../json'
import { MarkerFilter, withoutMarkers } from '../markers'
import { Citations } from './citations'
import { Searches } from './searches'

/** How far one carrier has told a message's text. */
export type LegTexts = Map<string, { length: number; ahead: boolean }>

interface Known {
  /** The raw text so far, markers included. */
  text: string
  filter: MarkerFilter
  toolStarted: boolean
  toolDone: boolean
  resultDone: boolean
  readonly thoughts: Set<string>
}

export interface MessageListener {
  emit(draft: EventDraft): void
  /** An answer has text. */
  onAnswer(): void
  /** A final answer is finished: a proof of completion. */
  onFinished(): void
  onModel(model: string): void
  /** A message that is itself an error. */
  onError(code: string, message: string): void
}

const CALL_TYPES = /^(?:web|web\.run|browser)$/

export class Messages {
  private readonly known = new Map<string, Known>()
  private readonly searches: Searches
  private readonly citations: Citations

  constructor(private readonly listener: MessageListener) {
    const emit = (draft: EventDraft): void => {
      listener.emit(draft)
    }
    this.searches = new Searches(emit)
    this.citations = new Citations(emit)
  }

  /** The quick way for an answer that grows: `piece` was appended to the message's text. */
  append(message: Json, piece: string, leg: LegTexts): void {
    const id = stringField(message, 'id')
    if (id === undefined || !isAnswer(message)) return
    const known = this.of(id)
    const told = leg.get(id) ?? { length: 0, ahead: false }
    leg.set(id, told)
    if (told.length === known.text.length) {
      told.length += piece.length
      told.ahead = true
      this.grow(id, known, piece, message)
    } else this.text(id, known, textOf(message), told, message)
  }

  /** A message, or a change of one: everything that it holds and was not told yet. */
  update(message: Json, leg: LegTexts, parts: { text: boolean; metadata: boolean }): void {
    const id = stringField(message, 'id')
    if (id === undefined) return
    const role = stringField(field(message, 'author'), 'role')
    const metadata = field(message, 'metadata')
    const known = this.of(id)
    if (isObject(metadata)) this.model(metadata)
    if (role === 'assistant') {
      if (isToolCall(message)) this.toolCall(id, known, message)
      else if (parts.text && isAnswer(message)) {
        const told = leg.get(id) ?? { length: 0, ahead: false }
        leg.set(id, told)
        this.text(id, known, textOf(message), told, message)
      } else this.reasoning(known, message)
    } else if (role === 'tool') this.toolResult(id, known, message)
    if (parts.metadata && isObject(metadata) && role !== 'user') {
      this.searches.metadata(id, metadata)
      this.citations.metadata(id, metadata)
    }
    this.finish(message)
  }

  private of(id: string): Known {
    let known = this.known.get(id)
    if (known === undefined) {
      known = {
        text: '',
        filter: new MarkerFilter(),
        toolStarted: false,
        toolDone: false,
        resultDone: false,
        thoughts: new Set(),
      }
      this.known.set(id, known)
    }
    return known
  }

  private text(id: string, known: Known, text: string, told: { length: number; ahead: boolean }, message: Json): void {
    const before = known.text
    told.length = text.length
    if (text.startsWith(before)) {
      told.ahead = true
      if (text.length > before.length) this.grow(id, known, text.slice(before.length), message)
    } else if (before.startsWith(text) && !told.ahead) {
      // A carrier that tells the message again and has not come as far: nothing is taken back.
    } else {
      const { clean, filter } = withoutMarkers(text)
      known.text = text
      known.filter = filter
      this.delta(id, clean, message, true)
    }
  }

  private grow(id: string, known: Known, piece: string, message: Json): void {
    known.text += piece
    const clean = known.filter.push(piece)
    this.listener.onAnswer()
    if (clean !== '') this.delta(id, clean, message, false)
  }

  private delta(message_id: string, text: string, message: Json, rewrite: boolean): void {
    const channel = stringField(message, 'channel')
    this.listener.emit({
      phase: 'assistant_delta',
      data: { text, message_id, ...defined({ rewrite: rewrite || undefined, channel }) },
    })
  }

  private toolCall(id: string, known: Known, message: Json): void {
    const name = stringField(message, 'recipient') ?? 'tool'
    const call = { name, call_id: id }
    if (!known.toolStarted) {
      known.toolStarted = true
      this.listener.emit({ phase: 'tool_use', data: { ...call, state: 'started' } })
    }
    const body = textOf(message)
    if (CALL_TYPES.test(name)) this.searches.call(id, body)
    if (known.toolDone || !isFinished(message)) return
    known.toolDone = true
    const input = body === '' ? undefined : (parseJson(body) ?? body)
    this.listener.emit({ phase: 'tool_use', data: { ...call, state: 'completed', ...defined({ input }) } })
  }

  private toolResult(id: string, known: Known, message: Json): void {
    if (known.resultDone || !isFinished(message)) return
    known.resultDone = true
    const name = stringField(field(message, 'author'), 'name') ?? 'tool'
    const parent = stringField(field(message, 'metadata'), 'parent_id')
    const output = textOf(message)
    this.listener.emit({
      phase: 'tool_use',
      data: {
        name,
        state: 'result',
        call_id: parent ?? id,
        ...defined({ output: output === '' ? undefined : output }),
      },
    })
  }

  private reasoning(known: Known, message: Json): void {
    const content = field(message, 'content')
    const type = stringField(content, 'content_type')
    const tell = (status: string, detail: string): void => {
      if (detail === '' || known.thoughts.has(detail)) return
      known.thoughts.add(detail)
      this.listener.emit({ phase: 'browser_status', data: { status, detail } })
    }
    if (type === 'thoughts')
      for (const thought of listField(content, 'thoughts')) tell('reasoning', stringField(thought, 'summary') ?? '')
    if (type === 'reasoning_recap') tell('reasoning_complete', stringField(content, 'content') ?? '')
    if (type === 'system_error') {
      const text = stringField(content, 'text') ?? 'The chat reports an error.'
      if (known.thoughts.has(text)) return
      known.thoughts.add(text)
      this.listener.onError(stringField(content, 'name') ?? 'system_error', text)
    }
  }

  private model(metadata: Json): void {
    const model = stringField(metadata, 'resolved_model_slug') ?? stringField(metadata, 'model_slug')
    if (model !== undefined) this.listener.onModel(model)
  }

  private finish(message: Json): void {
    if (isAnswer(message) && isFinished(message) && field(message, 'end_turn') === true) this.listener.onFinished()
  }
}

function isToolCall(message: Json): boolean {
  const recipient = stringField(message, 'recipient')
  return recipient !== undefined && recipient !== 'all'
}

function isFinished(message: Json): boolean {
  return stringField(message, 'status') === 'finished_successfully'
}

/** Text for the reader: an assistant's, to all, in the final channel, and not hidden. */
function isAnswer(message: Json): boolean {
  if (stringField(field(message, 'author'), 'role') !== 'assistant' || isToolCall(message)) return false
  const channel = field(message, 'channel')
  if (channel !== 'final' && channel !== null && channel !== undefined) return false
  const type = stringField(field(message, 'content'), 'content_type')
  if (type !== 'text' && type !== 'multimodal_text') return false
  const metadata = field(message, 'metadata')
  return (
    field(metadata, 'is_visually_hidden_from_conversation') !== true &&
    field(metadata, 'is_thinking_preamble_message') !== true
  )
}

function textOf(message: Json): string {
  const content = field(message, 'content')
  const parts = listField(content, 'parts').filter((part) => typeof part === 'string')
  return parts.length > 0 ? parts.join('') : (stringField(content, 'text') ?? '')
}
