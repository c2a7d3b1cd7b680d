/** The network requests of a stretch of a run as bars, from its events in order; bounded to the longest ones. */
import type { AnyEvent } from '../../shared/events/schema'
import type { RequestBar } from '../../shared/protocol/timeline'

const MAX_BARS = 500
/** Requests whose end is waited for; the oldest give way. */
const MAX_OPEN = 20_000
const MAX_URL = 2000

type Data = AnyEvent['data']
type OpenBar = { -readonly [K in keyof RequestBar]: RequestBar[K] }

export class RequestBars {
  private readonly open = new Map<string, OpenBar>()
  private done: OpenBar[] = []
  private leftOut = 0
  private last = 0

  /** Takes an event; others than `network` tell nothing. */
  add({ seq, phase, timestamp, data }: AnyEvent): void {
    const { request_id: id, state } = data
    const time = Date.parse(timestamp)
    if (phase !== 'network' || typeof id !== 'string' || Number.isNaN(time)) return
    this.last = time
    let bar = this.open.get(id)
    if (bar === undefined || state === 'sent') {
      // A redirect sends again under the same name.
      if (bar !== undefined) this.end(id, bar, time)
      bar = { seq, from: startOf(data, time), method: textOf(data['method']), url: textOf(data['url']) }
      this.open.set(id, bar)
      this.giveWay()
    }
    if (typeof data['status'] === 'number') bar.status = data['status']
    if (state === 'failed') bar.failed = true
    if (state === 'failed' || state === 'finished') this.end(id, bar, time)
  }

  /** The longest, in the order of their beginnings; the others are counted. */
  bars(): { requests: readonly RequestBar[]; left_out: number } {
    const all = [...this.done, ...this.open.values()]
    const requests = this.longest(all).sort((a, b) => a.from - b.from || a.seq - b.seq)
    return { requests, left_out: this.leftOut + all.length - requests.length }
  }

  private end(id: string, bar: OpenBar, time: number): void {
    bar.to = time
    this.open.delete(id)
    this.done.push(bar)
    if (this.done.length < 4 * MAX_BARS) return
    this.leftOut += this.done.length - MAX_BARS
    this.done = this.longest(this.done)
  }

  private giveWay(): void {
    const oldest = this.open.size > MAX_OPEN ? this.open.entries().next().value : undefined
    if (oldest === undefined) return
    this.open.delete(oldest[0])
    this.leftOut++
  }

  private longest(bars: readonly OpenBar[]): OpenBar[] {
    const length = ({ from, to = this.last }: OpenBar): number => to - from
    return [...bars].sort((a, b) => length(b) - length(a)).slice(0, MAX_BARS)
  }
}

/** Of a request whose sending was not seen, what its end tells of it. */
function startOf({ state, duration_ms }: Data, time: number): number {
  return state !== 'sent' && typeof duration_ms === 'number' && duration_ms > 0 ? time - duration_ms : time
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, MAX_URL) : ''
}
