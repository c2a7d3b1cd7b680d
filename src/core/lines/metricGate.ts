/**
 * Numbers found in lines, as `metric` events: bounded in how often and how many, the last value is never lost. What the
 * bounds leave out is told by the next event, in `raw`; the lines themselves are all recorded.
 */
import type { EventDraft } from '../../shared/events/schema'
import { metricsOf } from './metrics'

type MetricDraft = Extract<EventDraft, { phase: 'metric' }>

/** Lines a second that are examined, milliseconds between two values of one name that are told, names there are at most. */
const LINES_PER_SECOND = 2000
const INTERVAL_MS = 10
const MAX_NAMES = 200

/** In `raw` of a metric: what was left out since the metric event before it. */
interface LeftOut {
  /** Values of this name. */
  left_out?: number
  /** Values of names past the bound. */
  other_names?: number
  /** Lines that were not examined; they may hold no number at all. */
  unread_lines?: number
}

export class MetricGate {
  private windowStart = Number.NEGATIVE_INFINITY
  private examined = 0
  private unread = 0
  private otherNames = 0
  /** Of each name the value told last, and when. */
  private readonly told = new Map<string, { readonly at: number; readonly value: number }>()
  private readonly waiting = new Map<string, MetricDraft>()
  private readonly leftOut = new Map<string, number>()

  constructor(private readonly emit: (draft: EventDraft) => void) {}

  /** False while so many lines were examined that no more are in this second; the line counts as left out. */
  wantsMore(now: number): boolean {
    if (this.examined < LINES_PER_SECOND || now - this.windowStart >= 1000) return true
    this.unread++
    return false
  }

  /** @param text a line without colours @param now milliseconds that never jump */
  look(text: string, now: number): void {
    if (now - this.windowStart >= 1000) {
      this.windowStart = now
      this.examined = 0
    }
    if (this.examined++ >= LINES_PER_SECOND) {
      this.unread++
      return
    }
    const found = metricsOf(text)
    if (found === undefined) return
    const { values, step, progress } = found
    for (const { name, value, unit } of values) {
      const data = { name, value, ...(step === undefined ? {} : { step }), ...(unit === undefined ? {} : { unit }) }
      this.offer({ phase: 'metric', data }, now)
    }
    if (progress !== undefined) {
      const { percent, done } = progress
      const value = percent ?? done
      const data = { name: 'progress', value, ...(percent === undefined ? {} : { unit: '%' }), raw: progress }
      this.offer({ phase: 'metric', data }, now)
    }
  }

  /** Tells the last values that were held back. */
  flush(): void {
    for (const draft of this.waiting.values()) this.tell(draft)
    this.waiting.clear()
  }

  private offer(draft: MetricDraft, now: number): void {
    const { name } = draft.data
    const last = this.told.get(name)
    if (last === undefined && this.told.size >= MAX_NAMES) {
      this.otherNames++
      return
    }
    const passed = this.waiting.get(name)?.data
    this.waiting.delete(name)
    // A bar that ends as it stood is told twice by its line: the same number again is nothing new.
    if (passed !== undefined && passed.value !== draft.data.value && passed.value !== last?.value)
      this.leftOut.set(name, (this.leftOut.get(name) ?? 0) + 1)
    if (last !== undefined && now - last.at < INTERVAL_MS) {
      this.waiting.set(name, draft)
      return
    }
    this.told.set(name, { at: now, value: draft.data.value })
    this.tell(draft)
  }

  private tell(draft: MetricDraft): void {
    const { data } = draft
    // A bar is a state, of which the newest holds: nothing of it is left out.
    if (data.raw !== undefined) {
      this.leftOut.delete(data.name)
      this.emit(draft)
      return
    }
    const values = this.leftOut.get(data.name) ?? 0
    const raw: LeftOut = {
      ...(values === 0 ? {} : { left_out: values }),
      ...(this.otherNames === 0 ? {} : { other_names: this.otherNames }),
      ...(this.unread === 0 ? {} : { unread_lines: this.unread }),
    }
    this.leftOut.delete(data.name)
    this.otherNames = 0
    this.unread = 0
    this.emit(Object.keys(raw).length === 0 ? draft : { ...draft, data: { ...data, raw } })
  }
}
