/** The summary of a remote stream, from its events in order. Bounded: what goes past a bound is counted. */
import type { AnyEvent } from '../../shared/events/schema'
import type { StreamSummary } from '../../shared/protocol/summary'
import type { FollowReducer } from './follow'
import { LineRun, type LineRunState } from './lineRun'
import { numberOf, textOf } from './values'

interface State {
  readonly run: LineRunState
  readonly connection: StreamSummary['connection']
  readonly reconnects: number
}

export interface StreamReducer extends Omit<FollowReducer, 'summary'> {
  summary(): StreamSummary
}

/** @param snapshot what another stream reducer gave */
export function createStreamReducer(snapshot?: unknown): StreamReducer {
  return new Reducer(snapshot as State | undefined)
}

class Reducer implements StreamReducer {
  private readonly run: LineRun
  private connection: StreamSummary['connection']
  private reconnects: number

  constructor(state: State | undefined) {
    this.run = new LineRun(state?.run)
    this.connection = state?.connection
    this.reconnects = state?.reconnects ?? 0
  }

  wants(phase: string): boolean {
    return phase === 'connection' || this.run.wants(phase)
  }

  add(event: AnyEvent): void {
    this.run.add(event)
    if (event.phase === 'connection') this.addConnection(event)
  }

  count(key: string, count: number, time: number): void {
    this.run.count(key, count, time)
  }

  summary(): StreamSummary {
    const { connection, reconnects } = this
    const lastError = this.run.lastError
    return {
      kind: 'stream',
      ...this.run.summary(),
      ...(connection === undefined ? {} : { connection }),
      reconnects,
      ...(lastError === undefined ? {} : { last_error: lastError }),
    }
  }

  snapshot(): unknown {
    const { connection, reconnects } = this
    return { run: this.run.snapshot(), connection, reconnects } satisfies State
  }

  private addConnection({ seq, timestamp, data }: AnyEvent): void {
    const state = textOf(data['state'])
    if (state === undefined) return
    // Each attempt tells that it reconnects: the first of them is where the connection was lost.
    if (state === 'reconnecting' && this.connection?.state === 'live') this.reconnects++
    const attempt = numberOf(data['attempt'])
    const retryIn = numberOf(data['retry_in_ms'])
    const status = numberOf(data['http_status'])
    this.connection = {
      state,
      seq,
      time: numberOf(Date.parse(timestamp)) ?? 0,
      ...(attempt === undefined ? {} : { attempt }),
      ...(retryIn === undefined ? {} : { retry_in_ms: retryIn }),
      ...(status === undefined ? {} : { http_status: status }),
    }
  }
}
