/** What is gathered of a run to compare it, from its events in order. Bounded like its summary, its answers and its patterns are. */
import type { AnyEvent, RunHead, RunKind, RunMetadata } from '../../shared/events/schema'
import type { ComparedRun } from '../../shared/protocol/compare'
import type { RunSummary } from '../../shared/protocol/summary'
import { createRunReducer, type RunReducer } from '../reduce/byKind'
import type { GatheredLines } from './compareLines'
import { PatternTable } from './linePattern'

export interface GatheredRun {
  readonly run: ComparedRun
  readonly head: RunHead
  /** Absent while the run lives. */
  readonly metadata?: RunMetadata
  readonly summary: RunSummary
  /** Of a capture, in the order in which they were given. */
  readonly answers: readonly string[]
  /** Of a session: what was said, each message below its role; and characters past the bound. */
  readonly conversation: { readonly text: string; readonly cut: number }
  readonly lines: GatheredLines
  /** Events by level, of lines and errors alike. */
  readonly levels: Readonly<Record<string, number>>
}

const MAX_ANSWERS = 20
const MAX_CONVERSATION = 400_000

export class RunGatherer {
  private readonly reducer: RunReducer
  private readonly patterns = new PatternTable()
  private readonly levels = new Map<string, number>()
  private readonly said: string[] = []
  private saidChars = 0
  private cutChars = 0

  constructor(kind: RunKind) {
    this.reducer = createRunReducer(kind)
  }

  /** Whether an event of this phase must be handed over; of others `count` is told. */
  wants(phase: string): boolean {
    return phase === 'log_line' || this.reducer.wants(phase)
  }

  /** @param key `phase` or `phase:level` */
  add(event: AnyEvent, key: string): void {
    this.countLevel(key)
    const { phase, data, seq } = event
    if (this.reducer.wants(phase)) this.reducer.add(event)
    else this.reducer.count?.(key, 1, Date.parse(event.timestamp))
    if (phase === 'message' && typeof data['text'] === 'string') this.say(data['role'], data['text'])
    if (phase !== 'log_line' || typeof data['text'] !== 'string') return
    this.patterns.add(data['text'], seq, typeof data['level'] === 'string' ? data['level'] : undefined)
  }

  /** An event that is not wanted. */
  count(key: string, time: number): void {
    this.countLevel(key)
    this.reducer.count?.(key, 1, time)
  }

  gathered(run: ComparedRun, head: RunHead, metadata: RunMetadata | undefined): GatheredRun {
    const summary = this.reducer.summary()
    const { capture } = this.reducer
    const answers = summary.kind === 'capture' && capture !== undefined ? summary.answers : []
    const { patterns } = this
    return {
      run,
      head,
      ...(metadata === undefined ? {} : { metadata }),
      summary,
      answers: answers
        .map(({ message_id }) => capture?.answer(message_id) ?? '')
        .filter((text) => text !== '')
        .slice(0, MAX_ANSWERS),
      conversation: { text: this.said.join(''), cut: this.cutChars },
      lines: { patterns: patterns.all(), lines: patterns.lines, leftOut: patterns.leftOut },
      levels: Object.fromEntries(this.levels),
    }
  }

  private say(role: unknown, text: string): void {
    const message = `${typeof role === 'string' ? role : 'unknown'}:\n${text.trimEnd()}\n\n`
    const kept = message.slice(0, MAX_CONVERSATION - this.saidChars)
    this.saidChars += kept.length
    this.cutChars += message.length - kept.length
    if (kept !== '') this.said.push(kept)
  }

  private countLevel(key: string): void {
    const [, level] = key.split(':')
    if (level !== undefined) this.levels.set(level, (this.levels.get(level) ?? 0) + 1)
  }
}
