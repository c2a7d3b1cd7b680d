/**
 * The clock of a replay: which moment of the run it is, from how long it has been played. Gaps without an event can be passed
 * in two seconds, so there are two times: that of the run (milliseconds since the epoch) and playing time (milliseconds from
 * the run's start, without what is skipped).
 */

/** Milliseconds of playing time that a skipped gap still takes. */
export const SKIPPED_MS = 2000

export const SPEEDS: readonly number[] = [0.25, 0.5, 1, 2, 5, 10, 20, 50, 100]

type Gap = readonly [from: number, to: number]

/** Playing time of a run, there and back. */
export class PlayingTime {
  /** Gaps that are shortened, with the playing time at their beginning. */
  private readonly gaps: readonly { readonly from: number; readonly to: number; readonly at: number }[]
  /** Milliseconds of playing time from the first to the last event. */
  readonly length: number
  /** Milliseconds of the run that are not played. */
  readonly skipped: number

  /**
   * @param start of the first event @param end of the last one @param idle gaps without an event, ascending, none within another
   */
  constructor(
    readonly start: number,
    readonly end: number,
    idle: readonly Gap[],
  ) {
    let skipped = 0
    this.gaps = idle
      .filter(([from, to]) => to - from > SKIPPED_MS && from >= start && to <= end)
      .map(([from, to]) => {
        const at = from - start - skipped
        skipped += to - from - SKIPPED_MS
        return { from, to, at }
      })
    this.skipped = skipped
    this.length = Math.max(0, end - start - skipped)
  }

  /** @param time milliseconds since the epoch */
  playingOf(time: number): number {
    const within = Math.min(this.end, Math.max(this.start, time))
    const gap = lastAt(this.gaps, ({ from }) => from <= within)
    if (gap === undefined) return within - this.start
    if (within >= gap.to) return gap.at + SKIPPED_MS + (within - gap.to)
    return gap.at + ((within - gap.from) / (gap.to - gap.from)) * SKIPPED_MS
  }

  /** @param playing milliseconds of playing time @returns milliseconds since the epoch */
  timeOf(playing: number): number {
    const within = Math.min(this.length, Math.max(0, playing))
    const gap = lastAt(this.gaps, ({ at }) => at <= within)
    if (gap === undefined) return this.start + within
    const inGap = within - gap.at
    if (inGap >= SKIPPED_MS) return gap.to + (inGap - SKIPPED_MS)
    return gap.from + (inGap / SKIPPED_MS) * (gap.to - gap.from)
  }
}

/** The last that holds, in a list where those that hold come first. */
function lastAt<T>(list: readonly T[], holds: (entry: T) => boolean): T | undefined {
  let [least, most] = [0, list.length]
  while (least < most) {
    const middle = (least + most) >>> 1
    const entry = list[middle]
    if (entry !== undefined && holds(entry)) least = middle + 1
    else most = middle
  }
  return list[least - 1]
}

/** Goes on with the real time, at a speed. `now` is always a real time in milliseconds, as `performance.now()` tells it. */
export class ReplayClock {
  private playing = false
  private rate = 1
  /** Real and playing time when it was last set. */
  private since = 0
  private base = 0

  constructor(private course: PlayingTime) {}

  get isPlaying(): boolean {
    return this.playing
  }

  get speed(): number {
    return this.rate
  }

  /** Milliseconds since the epoch. */
  timeAt(now: number): number {
    return this.course.timeOf(this.playingAt(now))
  }

  /** Milliseconds of playing time. */
  playingAt(now: number): number {
    const gone = this.playing ? Math.max(0, now - this.since) * this.rate : 0
    return Math.min(this.course.length, this.base + gone)
  }

  isAtEnd(now: number): boolean {
    return this.playingAt(now) >= this.course.length
  }

  play(now: number): void {
    this.hold(now)
    this.playing = true
  }

  pause(now: number): void {
    this.hold(now)
    this.playing = false
  }

  setSpeed(speed: number, now: number): void {
    this.hold(now)
    this.rate = speed
  }

  /** @param time milliseconds since the epoch */
  seek(time: number, now: number): void {
    this.base = this.course.playingOf(time)
    this.since = now
  }

  /** The run has grown, or gaps are skipped or not: the moment stays the same. */
  setCourse(course: PlayingTime, now: number): void {
    const time = this.timeAt(now)
    this.course = course
    this.seek(time, now)
  }

  private hold(now: number): void {
    this.base = this.playingAt(now)
    this.since = now
  }
}
