/** The summary of a launched command, from its events in order. Bounded: what goes past a bound is not told. */
import type { AnyEvent } from '../../shared/events/schema'
import type { LaunchSummary, ProgressSummary, ResultSummary } from '../../shared/protocol/summary'
import { prefixOf, restored, type Prefix } from './prefix'
import { Series, type SeriesSnapshot } from './series'
import { countOf, MAX_TEXT, numberOf, textOf } from './values'

const relevantPhases: ReadonlySet<string> = new Set(['process', 'line_update', 'metric', 'result', 'dropped', 'error'])

const MAX_METRICS = 64
const MAX_RESULTS = 1000
const MAX_ERRORS = 200
const MAX_PIDS = 1000
const MAX_STREAMS = 8
const MAX_NAME = 200
/** A bar that does not tell what remains is judged by its own pace, once it was watched for so long. */
const PACE_AFTER_MS = 2000

type Data = AnyEvent['data']

export interface LaunchReducer {
  /**
   * Whether an event of this phase may change the summary as it stands; a reader need not parse others. Lines of output
   * only count while one is being written.
   */
  wants(phase: string): boolean
  add(event: AnyEvent): void
  summary(): LaunchSummary
  /** What it knows now, to go on from; can be cloned. */
  snapshot(): unknown
}

type ErrorSummary = LaunchSummary['errors'][number]

/** What a reducer knows, sharing with it and with others what does not change any more. */
interface Snapshot extends Scalars {
  readonly metrics: readonly SeriesSnapshot[]
  readonly leftOut: { readonly values: number; readonly other_names: number; readonly unread_lines: number }
  readonly current: readonly (readonly [stream: string, text: string])[]
  readonly results: readonly ResultSummary[]
  readonly errors: Prefix<ErrorSummary>
}

interface Scalars {
  readonly startedAt: number | undefined
  readonly command: string | undefined
  readonly pid: number | undefined
  readonly exit: LaunchSummary['exit']
  readonly stopRequested: boolean
  readonly leftBehind: readonly number[]
  readonly progress: ProgressSummary | undefined
  readonly barStart: { readonly done: number; readonly time: number } | undefined
  readonly dropped: number
}

/** @param snapshot of another one, to go on from */
export function createLaunchReducer(snapshot?: unknown): LaunchReducer {
  const reducer = new Reducer()
  if (snapshot !== undefined) reducer.restore(snapshot as Snapshot)
  return reducer
}

class Reducer implements LaunchReducer {
  private startedAt: number | undefined
  private command: string | undefined
  private pid: number | undefined
  private exit: LaunchSummary['exit']
  private stopRequested = false
  private leftBehind: readonly number[] = []
  private progress: ProgressSummary | undefined
  /** Where the bar that is shown now began to be watched. */
  private barStart: { readonly done: number; readonly time: number } | undefined
  private metrics = new Map<string, Series>()
  private leftOut = { values: 0, other_names: 0, unread_lines: 0 }
  private current = new Map<string, string>()
  private results = new Map<string, ResultSummary>()
  private errors: ErrorSummary[] = []
  private dropped = 0

  wants(phase: string): boolean {
    return relevantPhases.has(phase) || (phase === 'log_line' && this.current.size > 0)
  }

  add(event: AnyEvent): void {
    const { seq, phase, data } = event
    const time = Date.parse(event.timestamp)
    this.startedAt ??= time
    switch (phase) {
      case 'process':
        this.addProcess(data, time)
        break
      case 'line_update':
        this.addUpdate(data)
        break
      case 'log_line':
        if (typeof data['stream'] === 'string') this.current.delete(data['stream'])
        break
      case 'metric':
        this.addMetric(data, time)
        break
      case 'result':
        this.addResult(seq, data)
        break
      case 'dropped':
        this.dropped += numberOf(data['count']) ?? 0
        break
      case 'error':
        if (this.errors.length < MAX_ERRORS) {
          this.errors.push({ seq, message: textOf(data['message']) ?? '', fatal: data['fatal'] === true })
        }
    }
  }

  summary(): LaunchSummary {
    const { command, pid, exit, progress } = this
    return {
      kind: 'launch',
      ...(command === undefined ? {} : { command }),
      ...(pid === undefined ? {} : { pid }),
      ...(exit === undefined ? {} : { exit }),
      stop_requested: this.stopRequested,
      left_behind: this.leftBehind,
      ...(progress === undefined ? {} : { progress }),
      metrics: [...this.metrics.values()].map((series) => series.summary()),
      ...(Object.values(this.leftOut).every((count) => count === 0) ? {} : { metrics_left_out: { ...this.leftOut } }),
      current: Object.fromEntries(this.current),
      results: [...this.results.values()],
      errors: [...this.errors],
      dropped: this.dropped,
    }
  }

  snapshot(): Snapshot {
    return {
      ...this.scalars(),
      metrics: [...this.metrics.values()].map((series) => series.snapshot()),
      leftOut: { ...this.leftOut },
      current: [...this.current],
      results: [...this.results.values()],
      errors: prefixOf(this.errors),
    }
  }

  restore(snapshot: Snapshot): void {
    const { metrics, leftOut, current, results, errors, ...scalars } = snapshot
    Object.assign(this, scalars)
    this.metrics = new Map(metrics.map((series) => [series.name, Series.restored(series)]))
    this.leftOut = { ...leftOut }
    this.current = new Map(current)
    this.results = new Map(results.map((result) => [result.path, result]))
    this.errors = restored(errors)
  }

  private scalars(): Scalars {
    const { startedAt, command, pid, exit, stopRequested, leftBehind, progress, barStart, dropped } = this
    return { startedAt, command, pid, exit, stopRequested, leftBehind, progress, barStart, dropped }
  }

  private addProcess(data: Data, time: number): void {
    const pid = numberOf(data['pid'])
    const command = textOf(data['command'])
    switch (data['state']) {
      case 'started':
        this.pid ??= pid
        this.command ??= command
        break
      case 'stop_requested':
        this.stopRequested = true
        break
      case 'exited': {
        const exitCode = numberOf(data['exit_code'])
        const signal = textOf(data['signal'])
        this.exit = {
          ...(exitCode === undefined ? {} : { exit_code: exitCode }),
          ...(signal === undefined ? {} : { signal }),
          time,
        }
        break
      }
      case 'left_behind':
        if (Array.isArray(data['pids'])) {
          this.leftBehind = data['pids'].filter((one) => typeof one === 'number').slice(0, MAX_PIDS)
        }
    }
  }

  private addUpdate(data: Data): void {
    const { stream, text } = data
    if (typeof stream !== 'string' || typeof text !== 'string') return
    if (text === '') this.current.delete(stream)
    else if (this.current.has(stream) || this.current.size < MAX_STREAMS)
      this.current.set(stream, text.slice(0, MAX_TEXT))
  }

  private addMetric(data: Data, time: number): void {
    const { name, raw } = data
    const value = numberOf(data['value'])
    if (typeof name !== 'string' || value === undefined) return
    if (name === 'progress' && typeof raw === 'object' && raw !== null) {
      this.addProgress(raw as Data, time)
      return
    }
    const key = name.slice(0, MAX_NAME)
    let series = this.metrics.get(key)
    const isListed = series !== undefined || this.metrics.size < MAX_METRICS
    this.addLeftOut(raw, isListed)
    if (series === undefined) {
      if (!isListed) return
      series = new Series(key)
      this.metrics.set(key, series)
    }
    series.add(value, numberOf(data['step']), (time - (this.startedAt ?? time)) / 1000, textOf(data['unit']))
  }

  /** What the recorder's bounds left out (core/lines/metricGate.ts), and what ours do. */
  private addLeftOut(raw: unknown, isListed: boolean): void {
    const { leftOut } = this
    const { left_out, other_names, unread_lines } = (typeof raw === 'object' && raw !== null ? raw : {}) as Data
    const values = countOf(left_out)
    if (isListed) leftOut.values += values
    else leftOut.other_names += values + 1
    leftOut.other_names += countOf(other_names)
    leftOut.unread_lines += countOf(unread_lines)
  }

  private addProgress(bar: Data, time: number): void {
    const done = numberOf(bar['done'])
    if (done === undefined) return
    const label = textOf(bar['label'])
    const total = numberOf(bar['total'])
    const before = this.progress
    const goesOn = before !== undefined && before.label === label && before.total === total && before.done <= done
    if (!goesOn) this.barStart = { done, time }
    const percent = numberOf(bar['percent'])
    const rate = numberOf(bar['rate']) ?? this.pace(done, time)
    const remaining = numberOf(bar['remaining_s']) ?? remainingAt(rate, done, total)
    this.progress = {
      ...(label === undefined ? {} : { label }),
      done,
      ...(total === undefined ? {} : { total }),
      ...(percent === undefined ? {} : { percent: Math.min(100, Math.max(0, percent)) }),
      ...(rate === undefined ? {} : { rate }),
      ...(remaining === undefined ? {} : { remaining_s: remaining }),
      time,
    }
  }

  /** `done` a second since the bar was first seen. */
  private pace(done: number, time: number): number | undefined {
    const { barStart } = this
    if (barStart === undefined || time - barStart.time < PACE_AFTER_MS || done <= barStart.done) return undefined
    return ((done - barStart.done) * 1000) / (time - barStart.time)
  }

  private addResult(seq: number, data: Data): void {
    const path = textOf(data['path'])
    if (path === undefined || (!this.results.has(path) && this.results.size >= MAX_RESULTS)) return
    const bytes = numberOf(data['bytes'])
    const modifiedAt = textOf(data['modified_at'])
    const summary = textOf(data['summary'])
    this.results.set(path, {
      seq,
      path,
      ...(bytes === undefined ? {} : { bytes }),
      ...(modifiedAt === undefined ? {} : { modified_at: modifiedAt }),
      ...(summary === undefined ? {} : { summary }),
    })
  }
}

function remainingAt(rate: number | undefined, done: number, total: number | undefined): number | undefined {
  return rate === undefined || rate <= 0 || total === undefined ? undefined : Math.max(0, total - done) / rate
}
