/**
 * The timeline of a run, from its events in order. Bounded: what goes past a bound is counted in `left_out`. Most events only
 * tell their time (`pass`); those that are drawn are asked for (`wants`) and given whole (`add`).
 */
import type { AnyEvent } from '../../shared/events/schema'
import type { TimelineBand, TimelineInfo, TimelineTick } from '../../shared/protocol/timeline'
import { labelOf, Thinned } from './thinned'

const MAX_BANDS = 2000
const MAX_ERRORS = 2000
const MAX_MARKERS = 2000
const MAX_TURNS = 10_000
const MAX_IDLE = 10_000
/** A gap without an event that is worth skipping. */
const IDLE_MS = 2000

const drawnPhases: ReadonlySet<string> = new Set(['phase_change', 'iteration', 'browser_status', 'marker', 'message'])
/** Where the answering of a prompt is over, one way or the other. */
const answerEnds: ReadonlySet<string> = new Set(['response_complete', 'stop_requested', 'browser_closed'])

type Data = AnyEvent['data']
type OpenBand = { -readonly [K in keyof TimelineBand]: TimelineBand[K] }
type Idle = readonly [from: number, to: number]

export interface TimelineReducer {
  /**
   * Whether the event is drawn, and so must be given whole.
   * @param level its level (levelOf), if it has one
   * @param time milliseconds since the epoch
   */
  wants(phase: string, level: string | undefined, time: number): boolean
  /** Takes the time of each event, also of those that are given whole. NaN, of a damaged line, is passed over. */
  pass(time: number): void
  add(event: AnyEvent): void
  /** @param complete whether these were all events there are */
  info(complete: boolean): TimelineInfo
}

export function createTimelineReducer(): TimelineReducer {
  return new Reducer()
}

class Reducer implements TimelineReducer {
  private start = Number.NaN
  private end = Number.NaN
  private readonly bands: OpenBand[] = []
  private readonly open = new Map<string, OpenBand>()
  private readonly errors = new Thinned<TimelineTick>(MAX_ERRORS)
  private readonly markers = new Thinned<TimelineTick>(MAX_MARKERS)
  private readonly turns = new Thinned<TimelineTick>(MAX_TURNS)
  private idle: Idle[] = []
  private leftOut = 0
  private prompts = 0

  wants(phase: string, level: string | undefined, time: number): boolean {
    if (level === 'error' || level === 'fatal') {
      if (this.errors.hasRoomFor(time)) return true
      this.errors.skip()
    }
    return drawnPhases.has(phase)
  }

  pass(time: number): void {
    if (time - this.end > IDLE_MS) this.addIdle([this.end, time])
    else if (Number.isNaN(time)) return
    if (Number.isNaN(this.start)) this.start = time
    if (!(time < this.end)) this.end = time
  }

  add({ seq, phase, timestamp, data }: AnyEvent): void {
    const time = Date.parse(timestamp)
    if (Number.isNaN(time)) return
    switch (phase) {
      case 'error':
        this.errors.add({ seq, time, label: labelOf(data['message']) })
        break
      case 'log_line':
        this.errors.add({ seq, time, label: labelOf(data['text']) })
        break
      case 'marker':
        this.tick(this.markers, seq, time, labelOf(data['name']))
        break
      case 'message':
        if (data['role'] === 'user') this.tick(this.turns, seq, time, labelOf(data['text']))
        break
      case 'phase_change':
        this.addPhase(seq, time, data)
        break
      case 'iteration':
        this.addIteration(seq, time, data)
        break
      case 'browser_status':
        this.addStatus(seq, time, data)
    }
  }

  info(complete: boolean): TimelineInfo {
    const { errors, markers, turns } = this
    const start = Number.isNaN(this.start) ? 0 : this.start
    return {
      start,
      end: Number.isNaN(this.end) ? start : this.end,
      bands: this.bands.map((band) => ({ ...band })),
      errors: [...errors.items],
      markers: [...markers.items],
      turns: [...turns.items],
      idle: this.idle.length > MAX_IDLE ? longest(this.idle) : [...this.idle],
      left_out:
        this.leftOut + errors.leftOut + markers.leftOut + turns.leftOut + Math.max(0, this.idle.length - MAX_IDLE),
      complete,
    }
  }

  private tick(ticks: Thinned<TimelineTick>, seq: number, time: number, label: string): void {
    if (ticks.hasRoomFor(time)) ticks.add({ seq, time, label })
    else ticks.skip()
  }

  private addIdle(gap: Idle): void {
    this.idle.push(gap)
    if (this.idle.length < 2 * MAX_IDLE) return
    this.leftOut += this.idle.length - MAX_IDLE
    this.idle = longest(this.idle)
  }

  private addPhase(seq: number, time: number, data: Data): void {
    const label = labelOf(data['label']) || labelOf(data['phase'])
    this.close('phase', time)
    this.begin('phase', { seq, from: time, label })
    this.tick(this.turns, seq, time, label)
  }

  private addIteration(seq: number, time: number, data: Data): void {
    const number = typeof data['number'] === 'number' ? String(data['number']) : ''
    if (data['state'] !== 'started') {
      this.close('iteration', time)
      return
    }
    const label = `Iteration ${number}`.trim()
    this.close('iteration', time)
    this.begin('iteration', { seq, from: time, label })
    this.tick(this.turns, seq, time, label)
  }

  private addStatus(seq: number, time: number, { status, detail }: Data): void {
    if (status === 'prompt_submitted') {
      this.prompts++
      const label = `Answer ${String(this.prompts)}`
      this.close('answer', time)
      this.begin('answer', { seq, from: time, label })
      this.tick(this.turns, seq, time, labelOf(detail) || `Prompt ${String(this.prompts)}`)
    } else if (typeof status === 'string' && answerEnds.has(status)) this.close('answer', time)
  }

  private begin(kind: string, band: OpenBand): void {
    if (this.bands.length >= MAX_BANDS) {
      this.leftOut++
      return
    }
    this.bands.push(band)
    this.open.set(kind, band)
  }

  private close(kind: string, time: number): void {
    const band = this.open.get(kind)
    if (band !== undefined) band.to = time
    this.open.delete(kind)
  }
}

/** The longest gaps that may be told, in their order. */
function longest(gaps: readonly Idle[]): Idle[] {
  const kept = new Set([...gaps].sort((a, b) => b[1] - b[0] - (a[1] - a[0])).slice(0, MAX_IDLE))
  return gaps.filter((gap) => kept.has(gap))
}
