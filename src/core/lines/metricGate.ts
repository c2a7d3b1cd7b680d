/** Numbers found in lines, as `metric` events: bounded in how often and how many, the last value is never lost. */
import type { EventDraft } from '../../shared/events/schema'
import { metricsOf } from './metrics'

type MetricDraft = Extract<EventDraft, { phase: 'metric' }>

/** Lines a second that are examined, values a second of one name that are told, and names there are at most. */
const LINES_PER_SECOND = 2000
const INTERVAL_MS = 10
const MAX_NAMES = 200

export class MetricGate {
  private windowStart = Number.NEGATIVE_INFINITY
  private examined = 0
  private readonly told = new Map<string, number>()
  private readonly waiting = new Map<string, MetricDraft>()

  constructor(private readonly emit: (draft: EventDraft) => void) {}

  /** False while so many lines were examined that no more are in this second. */
  wantsMore(now: number): boolean {
    return this.examined < LINES_PER_SECOND || now - this.windowStart >= 1000
  }

  /** @param text a line without colours @param now milliseconds that never jump */
  look(text: string, now: number): void {
    if (now - this.windowStart >= 1000) {
      this.windowStart = now
      this.examined = 0
    }
    if (this.examined++ >= LINES_PER_SECOND) return
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
    for (const draft of this.waiting.values()) this.emit(draft)
    this.waiting.clear()
  }

  private offer(draft: MetricDraft, now: number): void {
    const { name } = draft.data
    const last = this.told.get(name)
    if (last === undefined && this.told.size >= MAX_NAMES) return
    if (last !== undefined && now - last < INTERVAL_MS) {
      this.waiting.set(name, draft)
      return
    }
    this.told.set(name, now)
    this.waiting.delete(name)
    this.emit(draft)
  }
}
