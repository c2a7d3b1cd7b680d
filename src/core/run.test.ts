import assert from 'node:assert/strict'
import type { EventDraft } from '../shared/events/schema'
import { plainRedactor } from '../../test/fakes/logs'
import type { EventBatch } from './eventBatch'
import { Run, type Clock } from './run'

class FakeClock implements Clock {
  wallMs = Date.parse('2026-11-20T03:30:05.000Z')
  monotonicMs = 0
  private timers: { at: number; action: () => void }[] = []

  wall = (): number => this.wallMs
  monotonic = (): number => this.monotonicMs

  after(ms: number, action: () => void): () => void {
    const timer = { at: this.monotonicMs + ms, action }
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter((other) => other !== timer)
    }
  }

  pass(ms: number): void {
    this.wallMs += ms
    this.monotonicMs += ms
    const due = this.timers.filter(({ at }) => at <= this.monotonicMs)
    this.timers = this.timers.filter((timer) => !due.includes(timer))
    for (const { action } of due) action()
  }
}

const id = '2026-11-20T03-30-05Z-abc123'
const delta = (text: string): EventDraft => ({ phase: 'assistant_delta', data: { text, message_id: 'm' } })

const linesOf = ({ bytes }: EventBatch): string[] =>
  new TextDecoder()
    .decode(bytes)
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^,/, ''))

function start(append: (batch: EventBatch) => Promise<void> | undefined = () => undefined) {
  const clock = new FakeClock()
  const batches: string[][] = []
  const keys: Record<string, number>[] = []
  const run = new Run(id, clock, plainRedactor, {
    append: (batch) => {
      batches.push(linesOf(batch))
      keys.push(...batch.segments.map(({ counts }) => counts))
      return append(batch)
    },
  })
  return { clock, run, batches, keys }
}

describe('Run', () => {
  it('stamps events with a contiguous seq, the id and a time in UTC', async () => {
    const { run, batches } = start()
    void run.emit(delta('a'))
    void run.emit(delta('b'))
    await Promise.resolve()
    const first =
      '{"capture_id":"2026-11-20T03-30-05Z-abc123","seq":0,"timestamp":"2026-11-20T03:30:05.000Z","phase":"assistant_delta","data":{"text":"a","message_id":"m"}}'
    assert.deepEqual(batches, [[first, first.replace('"seq":0', '"seq":1').replace('"a"', '"b"')]])
  })

  it('hands over the first event at once and later ones every 17 ms', async () => {
    const { clock, run, batches } = start()
    void run.emit(delta('first'))
    await Promise.resolve()
    assert.equal(batches.length, 1)
    clock.pass(1)
    void run.emit(delta('second'))
    await Promise.resolve()
    assert.equal(batches.length, 1)
    clock.pass(15)
    assert.equal(batches.length, 1)
    clock.pass(1)
    assert.equal(batches.length, 2)
  })

  it('hands over 256 kB without waiting', () => {
    const { run, batches } = start()
    void run.emit(delta('x'.repeat(300_000)))
    assert.equal(batches.length, 1)
  })

  it('never lets time go back, and tells of a jump', async () => {
    const { clock, run, batches } = start()
    void run.emit(delta('a'))
    await Promise.resolve()
    clock.wallMs -= 60_000
    clock.monotonicMs += 20
    void run.emit(delta('b'))
    await Promise.resolve()
    const events = batches
      .flat()
      .map((json) => JSON.parse(json) as { timestamp: string; phase: string; data: { delta_ms?: number } })
    assert.deepEqual(
      events.map(({ phase }) => phase),
      ['assistant_delta', 'clock', 'assistant_delta'],
    )
    assert.equal(events[1]?.data.delta_ms, -60_020)
    assert.deepEqual(new Set(events.map(({ timestamp }) => timestamp)).size, 1)
  })

  it('asks a source to wait while the log is behind, and no longer', async () => {
    let caughtUp = (): void => undefined
    const { run } = start(
      () =>
        new Promise<void>((resolve) => {
          caughtUp = resolve
        }),
    )
    void run.emit(delta('x'.repeat(300_000)))
    const wait = run.emit(delta('more'))
    assert.ok(wait instanceof Promise)
    caughtUp()
    await wait
    await Promise.resolve()
    assert.equal(run.emit(delta('after')), undefined)
  })

  it('tells a gap in bytes of output as it was printed, and in events', () => {
    const { run, batches } = start()
    const origin = { stream: 'stdout' } as const
    void run.output(origin, new TextEncoder().encode('kept\n'))
    run.breakOff(0, 3)
    void run.output(origin, new TextEncoder().encode('"é"\nhalf'))
    void run.emit(delta('a'))
    run.resume('why')
    void run.flush()
    run.breakOff(1, 0)
    run.resume('why')
    void run.emit(delta('b'))
    run.breakOff(1, 2)
    run.resume('again')
    void run.flush()
    const gaps = batches.flat().flatMap((line) => {
      const { phase, data } = JSON.parse(line) as { phase: string; data: unknown }
      return phase === 'dropped' ? [data] : []
    })
    // Six events and nine bytes; then two and one that waited, of which nobody knows how long they were printed.
    assert.deepEqual(gaps, [
      { count: 6, why: 'why', bytes: 9 },
      { count: 3, why: 'again' },
    ])
  })

  it('counts phases, levels and what was dropped', () => {
    const { run, keys } = start()
    void run.emit({ phase: 'log_line', data: { text: 'x', stream: 'stdout', level: 'warn' } })
    void run.emit({ phase: 'error', data: { message: 'x', fatal: false } })
    void run.emit({ phase: 'dropped', data: { count: 7, why: 'test' } })
    void run.flush()
    assert.deepEqual(keys, [{ 'log_line:warn': 1, 'error:error': 1, 'dropped:warn': 1 }])
    assert.equal(run.dropped, 7)
  })
})
