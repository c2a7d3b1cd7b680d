/**
 * The rows of several views as one, in the order of their times. Nothing is stored of them: a place in the merged order is a
 * place in each view (a cut), found by its time or by walking from a cut nearby.
 *
 * Each view's rows ascend by time; of equal times those of the earlier view come first. Rows without a time belong to the one
 * before them, at the beginning of a view before all others. Rows of a view whose times run backwards stay in their order, but a
 * window far from the last one may begin a little elsewhere.
 */
import type { Place, View } from '../../core/store/eventStore'
import { Emitter } from '../../shared/lib/emitter'
import type { Row } from '../../shared/protocol/rows'
import type { UserError } from '../../shared/userError'

/** Seqs and positions of so many views are told apart in one number. */
export const MAX_MERGED = 64
/** Rows that are walked over rather than searched for. */
const WALK_ROWS = 2000
const MAX_CUTS = 500

/** How many rows of each view come before a place. */
type Cut = readonly number[]

interface Head {
  readonly rows: readonly Row[]
  /** Rows of it that are taken. */
  taken: number
  time: number
}

export class MergedView implements View {
  private readonly changed = new Emitter<undefined>()
  private readonly stops: (() => void)[]
  private cuts = new Map<number, Cut>()
  /** Rows that stand for good while views are still searched. */
  private settled = 0
  private refreshing: Promise<void> | undefined
  private isStale = false
  private isDisposed = false
  readonly onDidChange = this.changed.event

  /** @param parts by the number of their source; they end with this view */
  constructor(private readonly parts: readonly { readonly view: View; readonly source: number }[]) {
    this.stops = parts.map(({ view }) =>
      view.onDidChange(() => {
        this.didChange()
      }),
    )
    if (!this.complete) this.didChange()
  }

  get count(): number {
    return this.complete ? sum(this.counts()) : this.settled
  }

  get complete(): boolean {
    return this.parts.every(({ view }) => view.complete)
  }

  get problem(): UserError | undefined {
    return this.parts.find(({ view }) => view.problem !== undefined)?.view.problem
  }

  async rows(from: number, to: number): Promise<readonly Row[]> {
    const [start, end] = [Math.max(0, from), Math.min(to, this.count)]
    if (start >= end) return []
    const cut = await this.cutAt(start)
    const heads = await this.headsAt(cut, end - start)
    const rows: Row[] = []
    while (rows.length < end - start) {
      const next = earliest(heads)
      const head = heads[next]
      const row = head?.rows[head.taken]
      const part = this.parts[next]
      if (head === undefined || row === undefined || part === undefined) break
      rows.push(numbered(row, part.source))
      take(head)
    }
    this.keep(
      start + rows.length,
      cut.map((at, i) => at + (heads[i]?.taken ?? 0)),
    )
    return rows
  }

  async positionOf(at: Place): Promise<number> {
    if ('line' in at) return Math.min(at.line - 1, this.count)
    if ('time' in at) return Math.min(sum(await this.cutBefore(at.time)), this.count)
    const source = at.seq % MAX_MERGED
    const index = this.parts.findIndex((part) => part.source === source)
    const view = this.parts[index]?.view
    if (view === undefined) return this.count
    const local = await view.positionOf({ seq: Math.floor(at.seq / MAX_MERGED) })
    const time = (await timesOf(view, local, 1))[0]
    if (time === undefined) return this.count
    const cut = await Promise.all(
      this.parts.map(({ view: other }, i) =>
        i === index ? Promise.resolve(local) : other.positionOf({ time: i < index ? nextUp(time) : time }),
      ),
    )
    return Math.min(sum(cut), this.count)
  }

  dispose(): void {
    if (this.isDisposed) return
    this.isDisposed = true
    for (const stop of this.stops) stop()
    for (const { view } of this.parts) view.dispose()
  }

  /** What is known of places near the end is void when rows come: they may belong before others. */
  private didChange(): void {
    const known = this.complete ? sum(this.counts()) - WALK_ROWS : 0
    for (const at of this.cuts.keys()) if (at > known) this.cuts.delete(at)
    if (this.complete) {
      this.changed.fire(undefined)
      return
    }
    this.isStale = true
    this.refreshing ??= this.settle().finally(() => {
      this.refreshing = undefined
    })
  }

  /** While views are searched, only rows up to where all of them have got stand for good. */
  private async settle(): Promise<void> {
    while (this.isStale && !this.isDisposed) {
      this.isStale = false
      const reached = await Promise.all(
        this.parts.map(async ({ view }) =>
          view.complete
            ? Number.POSITIVE_INFINITY
            : ((await timesOf(view, view.count - 1, 1))[0] ?? Number.NEGATIVE_INFINITY),
        ),
      )
      const until = Math.min(...reached)
      this.settled = Number.isFinite(until) ? sum(await this.cutBefore(until)) : until > 0 ? sum(this.counts()) : 0
    }
    if (!this.isDisposed) this.changed.fire(undefined)
  }

  private counts(): number[] {
    return this.parts.map(({ view }) => view.count)
  }

  private cutBefore(time: number): Promise<number[]> {
    return Promise.all(this.parts.map(({ view }) => view.positionOf({ time })))
  }

  private async cutAt(position: number): Promise<Cut> {
    if (position === 0) return this.parts.map(() => 0)
    const known = this.cuts.get(position)
    if (known !== undefined) return known
    const counts = this.counts()
    const left = sum(counts) - position
    if (left <= WALK_ROWS && this.complete) return this.keep(position, await this.walkBack(counts, left))
    let [at, cut]: [number, Cut] = [0, this.parts.map(() => 0)]
    for (const [one, there] of this.cuts) if (one <= position && one > at) [at, cut] = [one, there]
    if (position - at > WALK_ROWS) [at, cut] = await this.search(position, counts, [at, cut])
    return this.keep(position, await this.walk(cut, position - at))
  }

  /** A cut at or less than a walk before a position, by the times of the rows. */
  private async search(position: number, counts: Cut, known: [number, Cut]): Promise<[number, Cut]> {
    const firsts = await Promise.all(this.parts.map(({ view }, i) => timesOf(view, known[1][i] ?? 0, 1)))
    const lasts = await Promise.all(this.parts.map(({ view }, i) => timesOf(view, (counts[i] ?? 0) - 1, 1)))
    let [low, high] = [Math.min(...finite(firsts)), Math.max(...finite(lasts))]
    let best = known
    let [below, above] = [known[0], sum(counts)]
    for (let round = 0; round < 64 && low < high; round++) {
      // Logs are written at an even pace more often than not; every other step halves, so that it ends.
      const share = round % 2 === 0 && above > below ? (position - below) / (above - below) : 0.5
      const time = low + (high - low) * Math.min(0.999, Math.max(0.001, share))
      if (time <= low || time >= high) break
      const cut = await this.cutBefore(time)
      const at = sum(cut)
      if (at <= position) {
        best = at >= best[0] ? [at, cut] : best
        ;[low, below] = [time, at]
        if (position - at <= WALK_ROWS) break
      } else [high, above] = [time, at]
    }
    return best
  }

  private async walk(cut: Cut, steps: number): Promise<Cut> {
    let [at, left] = [cut, steps]
    while (left > 0) {
      const part = Math.min(left, WALK_ROWS)
      const heads = await this.headsAt(at, part)
      for (let step = 0; step < part; step++) {
        const head = heads[earliest(heads)]
        if (head === undefined) break
        take(head)
      }
      at = at.map((one, i) => one + (heads[i]?.taken ?? 0))
      left -= part
    }
    return at
  }

  /** The cut before the last so many rows. */
  private async walkBack(counts: Cut, steps: number): Promise<Cut> {
    const cut = [...counts]
    const times = await Promise.all(
      this.parts.map(({ view }, i) => timesOf(view, Math.max(0, (counts[i] ?? 0) - steps), steps)),
    )
    for (let step = 0; step < steps; step++) {
      let latest = -1
      let time = Number.NEGATIVE_INFINITY
      for (const [i, list] of times.entries()) {
        const last = list.at(-1)
        if (last !== undefined && (latest < 0 || last >= time)) [latest, time] = [i, last]
      }
      if (latest < 0) break
      times[latest]?.pop()
      cut[latest] = (cut[latest] ?? 0) - 1
    }
    return cut
  }

  private async headsAt(cut: Cut, rows: number): Promise<Head[]> {
    return Promise.all(
      this.parts.map(async ({ view }, i) => {
        const at = cut[i] ?? 0
        const list = await view.rows(at, at + rows)
        const head = { rows: list, taken: 0, time: Number.NEGATIVE_INFINITY }
        head.time = timeOf(list[0], head.time)
        return head
      }),
    )
  }

  private keep(position: number, cut: Cut): Cut {
    if (this.cuts.size >= MAX_CUTS) this.cuts = new Map([...this.cuts].slice(MAX_CUTS / 2))
    this.cuts.set(position, cut)
    return cut
  }
}

function numbered(row: Row, source: number): Row {
  return { ...row, position: row.position * MAX_MERGED + source, seq: row.seq * MAX_MERGED + source, source }
}

/** The head whose next row comes first; -1 when all are at their ends. */
function earliest(heads: readonly Head[]): number {
  let best = -1
  for (const [i, head] of heads.entries()) {
    if (head.taken >= head.rows.length) continue
    if (best < 0 || head.time < (heads[best]?.time ?? 0)) best = i
  }
  return best
}

function take(head: Head): void {
  head.taken++
  head.time = timeOf(head.rows[head.taken], head.time)
}

/** A row without a time has that of the one before it; so has one that tells of the file, which has the clock's. */
function timeOf(row: Row | undefined, before: number): number {
  return row?.phase !== 'log_line' || !Number.isFinite(row.time) ? before : row.time
}

async function timesOf(view: View, from: number, count: number): Promise<number[]> {
  if (from < 0) return []
  let time = Number.NEGATIVE_INFINITY
  return (await view.rows(from, from + count)).map((row) => (time = timeOf(row, time)))
}

function finite(lists: readonly (readonly number[])[]): number[] {
  return lists.flat().filter((time) => Number.isFinite(time))
}

function sum(numbers: Cut): number {
  return numbers.reduce((total, one) => total + one, 0)
}

/** The next number above a time, which may be a fraction of a millisecond. */
function nextUp(time: number): number {
  return time + Math.max(Number.EPSILON * Math.abs(time), Number.MIN_VALUE)
}
