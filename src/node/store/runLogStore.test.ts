import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { levelOf } from '../../shared/events/levels'
import type { AnyEvent, RunKind } from '../../shared/events/schema'
import type { Query } from '../../shared/protocol/rows'
import type { TimelineInfo } from '../../shared/protocol/timeline'
import type { View } from '../../core/store/eventStore'
import { createRunReducer } from '../../core/reduce/byKind'
import { createTimelineReducer } from '../../core/reduce/timeline'
import { RequestBars } from '../../core/store/requestBars'
import { temporaryFolder } from '../../../test/fakes/logs'
import { buildThread } from '../../../test/fakes/threadBundle'
import { countsOf, randomEvents, randomOf } from '../../../test/fakes/randomRuns'
import { linesOf, writeLog } from '../../../test/fakes/writtenLog'
import { BlockBuilder } from '../runlog/blockIndex'
import { blockLine } from '../runlog/indexFile'
import { indexPathOf } from '../runlog/layout'
import { LogWorker } from './logWorker'
import { RunLogStore } from './runLogStore'

const seed = Number(process.env['TAPEDECK_SEED'] ?? Date.now() % 1_000_000)
/** More than is read without a thread. */
const MANY = 40_000

describe('the store of a run log and its threads', function () {
  this.timeout(120_000)
  const folder = temporaryFolder()
  const script = path.join(__dirname, 'logWorker.bundle.js')
  const random = randomOf(seed)
  const failures: string[] = []
  let stores: RunLogStore[] = []
  /** Messages of threads alone don't keep the test's process awake. */
  let alive: NodeJS.Timeout

  before(() => buildThread('src/node/store/worker.ts', script))
  beforeEach(() => {
    failures.length = 0
    alive = setInterval(() => undefined, 1000)
  })
  afterEach(() => {
    clearInterval(alive)
    for (const store of stores) store.dispose()
    stores = []
    assert.deepEqual(failures, [])
  })

  async function opened(file: string, isRead = true): Promise<RunLogStore> {
    const store = await RunLogStore.open(
      file,
      (info) => new LogWorker(script, info, (message) => failures.push(message)),
    )
    stores.push(store)
    if (isRead) await store.advance()
    return store
  }

  const started = (kind: RunKind, events: readonly AnyEvent[]): string => writeLog(folder.path, kind, linesOf(events))

  async function when(view: View, holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        const stop = view.onDidChange(() => {
          stop()
          resolve()
        })
      })
    }
  }

  async function completeInfo(store: RunLogStore): Promise<TimelineInfo> {
    let info = await store.timeline.info()
    while (!info.complete) {
      info = await new Promise<TimelineInfo>((resolve) => {
        const stop = store.timeline.onDidChange((next) => {
          stop()
          resolve(next)
        })
      })
    }
    return info
  }

  const timeOf = (event: AnyEvent | undefined): number => Date.parse(event?.timestamp ?? '')

  it(`counts, filters and seeks without an index as over its events, seed ${String(seed)}`, async () => {
    const events = randomEvents(random, MANY)
    const store = await opened(started('launch', events))
    assert.equal(store.growth.size, events.length)
    assert.ok(store.growth.bytes > 4 * 1024 * 1024, 'a thread must have read it')
    const some = (): AnyEvent | undefined => events[random(events.length)]
    for (let i = 0; i < 20; i++) {
      const [from, to] = [timeOf(some()), timeOf(some())].sort((a, b) => a - b)
      const query: Query = {
        ...(i % 3 === 0 ? {} : { time: { from, to } }),
        ...(i % 2 === 0 ? {} : { levels: ['error', 'fatal'] as const }),
        ...(i % 5 === 0 ? { withoutPhases: ['metric'] } : {}),
      }
      const expected = events.filter((event) => {
        const level = levelOf(event.phase, event.data)
        const time = timeOf(event)
        if (query.time !== undefined && !(time >= (from ?? 0) && time < (to ?? 0))) return false
        if (query.withoutPhases?.includes(event.phase) === true) return false
        return query.levels === undefined || (level !== undefined && query.levels.includes(level))
      })
      const view = await store.view(query)
      assert.equal(view.count, expected.length, JSON.stringify(query))
      const at = random(Math.max(1, expected.length - 5))
      const rows = await view.rows(at, at + 5)
      assert.deepEqual(
        rows.map(({ seq }) => seq),
        expected.slice(at, at + 5).map(({ seq }) => seq),
      )
      const place = some()
      const indexOf = (holds: (event: AnyEvent) => boolean): number => {
        const found = expected.findIndex(holds)
        return found < 0 ? expected.length : found
      }
      const { seq } = place ?? { seq: 0 }
      assert.equal(
        await view.positionOf({ seq }),
        indexOf((event) => event.seq >= seq),
      )
      const time = timeOf(place) + random(3) - 1
      assert.equal(
        await view.positionOf({ time }),
        indexOf((event) => timeOf(event) >= time),
      )
      view.dispose()
    }
  })

  it(`counts levels over time exactly, whole and zoomed in, seed ${String(seed)}`, async () => {
    const events = randomEvents(random, MANY)
    const store = await opened(started('launch', events))
    const [first, last] = [timeOf(events[0]), timeOf(events.at(-1))]
    const ranges = [
      [first, last + 1, 7],
      [first - 1000, last + 1000, 100],
      [first, last + 1, 1000],
      ...Array.from({ length: 5 }, () => {
        const from = first + random(last - first)
        return [from, from + 1 + random(60_000), 1 + random(300)]
      }),
    ] as const
    for (const [from = 0, to = 0, buckets = 1] of ranges) {
      const series = await store.timeline.levels(from, to, buckets)
      const expected: Record<string, number[]> = {}
      for (const event of events) {
        const time = timeOf(event)
        if (time < from || time >= to) continue
        const counts = (expected[levelOf(event.phase, event.data) ?? 'none'] ??= Array.from(
          { length: buckets },
          () => 0,
        ))
        const bucket = Math.floor((time - from) / ((to - from) / buckets))
        counts[bucket] = (counts[bucket] ?? 0) + 1
      }
      assert.deepEqual({ ...series.counts }, expected, `${String(from)} ${String(to)} ${String(buckets)}`)
      assert.equal(series.complete, true)
    }
  })

  it('counts levels by their times where one block of the index is the whole log', async () => {
    const events = randomEvents(random, 50)
    const file = started('launch', events)
    const lines = linesOf(events).split('\n').slice(0, -1)
    const offset = statSync(file).size - Buffer.byteLength(linesOf(events))
    const blocks = new BlockBuilder(offset, 0)
    for (const [i, line] of lines.entries()) blocks.add(Buffer.byteLength(line) + 1, 'log_line', timeOf(events[i]))
    mkdirSync(path.dirname(indexPathOf(file)), { recursive: true })
    writeFileSync(indexPathOf(file), blockLine(blocks.rest()))
    const store = await opened(file)
    const [first, last] = [timeOf(events[0]), timeOf(events.at(-1))]
    const { counts } = await store.timeline.levels(first, last + 1, 2)
    const later = events.filter((event) => timeOf(event) >= first + (last + 1 - first) / 2).length
    const sum = Object.values(counts).reduce((total, [, second]) => total + (second ?? 0), 0)
    assert.ok(later > 0)
    assert.equal(sum, later)
  })

  for (const kind of ['capture', 'launch'] as const) {
    it(`tells the state of a ${kind} at any event, its timeline and its requests, seed ${String(seed)}`, async () => {
      const events = randomEvents(random, MANY / 2)
      const file = started(kind, events)
      const store = await opened(file)
      const timeline = createTimelineReducer()
      for (const event of events) {
        timeline.pass(timeOf(event))
        if (timeline.wants(event.phase, levelOf(event.phase, event.data), timeOf(event))) timeline.add(event)
      }
      const expectedInfo = timeline.info(true)
      assert.deepEqual(await completeInfo(store), expectedInfo)
      const positions = [
        0,
        events.length - 1,
        9000,
        9001,
        8999,
        ...Array.from({ length: 15 }, () => random(events.length)),
      ]
      for (const position of positions) {
        const reducer = createRunReducer(kind)
        for (const event of events.slice(0, position + 1)) if (reducer.wants(event.phase)) reducer.add(event)
        const state = await store.timeline.stateAt(position)
        assert.deepEqual(state.summary, structuredClone(reducer.summary()))
        assert.equal(state.position, position)
        assert.deepEqual(
          { phaseCounts: state.phaseCounts, levelCounts: state.levelCounts },
          countsOf(events.slice(0, position + 1)),
        )
        assert.equal(state.time, timeOf(events[position]))
        for (const { message_id, text } of state.answers) assert.equal(text, reducer.capture?.answer(message_id))
      }
      await assert.rejects(store.timeline.stateAt(events.length), RangeError)
      const [from, to] = [timeOf(events[5000]), timeOf(events[9000])]
      const bars = new RequestBars()
      for (const event of events) if (timeOf(event) >= from && timeOf(event) < to) bars.add(event)
      assert.deepEqual(await store.timeline.requests(from, to), structuredClone(bars.bars()))
    })
  }

  it('keeps up with a log that grows, in every view of it', async () => {
    const events = randomEvents(random, 6000)
    const file = started('launch', events.slice(0, 3000))
    const store = await opened(file)
    const last = timeOf(events.at(-1))
    const all = await store.view({})
    const found = await store.view({ text: { pattern: 'line 1', caseSensitive: true } })
    const open = await store.view({ time: { from: timeOf(events[2990]) } })
    const closed = await store.view({ time: { from: timeOf(events[2990]), to: last } })
    await when(found, () => found.complete)
    const infos: TimelineInfo[] = []
    await completeInfo(store)
    store.timeline.onDidChange((info) => infos.push(info))
    for (let at = 3000; at < events.length; at += 500) {
      appendFileSync(file, linesOf(events.slice(at, at + 500)))
      await store.advance(statSync(file).size)
    }
    assert.equal(all.count, events.length)
    const holds = ({ phase, data }: AnyEvent): boolean =>
      phase === 'log_line' && String(data['text']).includes('line 1')
    await when(found, () => found.complete)
    assert.equal(found.count, events.filter(holds).length)
    const since = events.filter((event) => timeOf(event) >= timeOf(events[2990])).length
    await when(open, () => open.count === since)
    await when(closed, () => closed.count === since - events.filter((event) => timeOf(event) === last).length)
    while (infos.at(-1)?.end !== last) await new Promise((resolve) => store.timeline.onDidChange(resolve))
  })

  it('begins anew when the log was cut, and says that positions are void', async () => {
    const events = randomEvents(random, 3000)
    const file = started('launch', events)
    const store = await opened(file)
    const found = await store.view({ text: { pattern: 'line' } })
    await when(found, () => found.complete)
    let resets = 0
    store.onDidReset(() => resets++)
    const text = readFileSync(file, 'utf8')
    const cut = text.indexOf('\n', text.length / 2) + 1
    truncateSync(file, cut)
    await store.advance(cut)
    assert.equal(resets, 1)
    const left = text.slice(0, cut).split('\n').length - 2
    assert.equal(store.growth.size, left)
    assert.equal((await (await store.view({})).rows(left - 1, left + 9)).length, 1)
    assert.equal((await store.timeline.stateAt(left - 1)).position, left - 1)
    // What is told late of a log that was not cut resets nothing.
    await store.advance(cut - 10)
    assert.equal(resets, 1)
    // Who only counts is told where nothing is left, too.
    const sizes: number[] = []
    store.onDidGrow(({ size }) => sizes.push(size))
    const none = text.indexOf('\n') + 1
    truncateSync(file, none)
    await store.advance(none)
    assert.deepEqual([resets, sizes.at(-1)], [2, 0])
  })

  it('says nothing any more when it is closed while it begins anew', async () => {
    for (let turns = 1; turns < 25; turns++) {
      const file = started('launch', randomEvents(random, 200))
      const store = await opened(file)
      let isTold = false
      const text = readFileSync(file, 'utf8')
      const cut = text.indexOf('\n', text.length / 2) + 1
      truncateSync(file, cut)
      const reading = store.advance(cut)
      for (let i = 0; i < turns; i++) await new Promise(setImmediate)
      store.onDidReset(() => (isTold = true))
      store.dispose()
      await reading
      assert.ok(!isTold, `closed after ${String(turns)} turns`)
    }
  })

  it('tells who waits for a timeline that it can’t be made', async () => {
    const file = started('launch', randomEvents(random, 200))
    const store = await opened(file)
    rmSync(file)
    await assert.rejects(store.timeline.info(), /can't be read/)
    assert.equal(failures.splice(0).length, 1)
  })

  it('reads lines of 50 MB and damaged ones', async () => {
    const events = randomEvents(random, 1000)
    const lines = linesOf(events).trimEnd().split('\n')
    const long = {
      ...events[500],
      seq: 500,
      phase: 'log_line',
      data: { text: `${'long "text" '.repeat(4_500_000)} the needle`, stream: 'stdout', level: 'error' },
    }
    lines[500] = `,${JSON.stringify(long)}`
    lines[600] = ',{"capture_id":"x'
    const error = { message: 'went wrong '.repeat(300_000), fatal: true }
    lines[700] = `,${JSON.stringify({ ...events[700], seq: 700, phase: 'error', data: error })}`
    const store = await opened(writeLog(folder.path, 'launch', `${lines.join('\n')}\n`))
    assert.equal(store.growth.size, 1000)
    const rows = await (await store.view({})).rows(499, 502)
    assert.deepEqual(
      rows.map(({ seq, phase }) => [seq, phase]),
      [499, 500, 501].map((seq) => [seq, seq === 500 ? 'log_line' : events[seq]?.phase]),
    )
    const detail = await store.detail(500)
    assert.equal(detail.event, undefined)
    assert.ok(detail.bytes > 50_000_000 && (detail.text?.length ?? 0) <= 256 * 1024)
    assert.equal((await (await store.view({})).rows(600, 601))[0]?.phase, 'damaged')
    const found = await store.view({ text: { pattern: 'the needle', caseSensitive: true } })
    await when(found, () => found.complete)
    assert.deepEqual(
      (await found.rows(0, 9)).map(({ seq }) => seq),
      [500],
    )
    const errors = await store.view({ levels: ['error'] })
    assert.ok((await errors.rows(0, errors.count)).some(({ seq }) => seq === 500))
    const fatal = await store.view({ levels: ['fatal'] })
    assert.ok((await fatal.rows(0, fatal.count)).some(({ seq }) => seq === 700))
    assert.equal((await fatal.rows(0, fatal.count)).length, fatal.count)
    const { errors: ticks } = await completeInfo(store)
    assert.ok(ticks.some(({ seq, label }) => seq === 500 && label.startsWith('long "text"') && label.length <= 200))
  })

  it('ends a search that would take for ever, and the others go on', async () => {
    const text = `${'a'.repeat(40)}!`
    const [first] = randomEvents(random, 1)
    const events = Array.from({ length: 50 }, (_, seq) => ({
      capture_id: 'x',
      seq,
      timestamp: first?.timestamp ?? '',
      phase: 'log_line',
      data: { text, stream: 'stdout' },
    }))
    const store = await opened(started('launch', events))
    const endless = await store.view({ text: { pattern: '(a+)+b', regex: true } })
    const other = await store.view({ text: { pattern: 'a!' } })
    endless.dispose()
    await when(other, () => other.complete)
    assert.equal(other.count, 50)
  })

  it('answers nobody who does not wait any more, and ends with its store', async () => {
    const file = started('launch', randomEvents(random, MANY))
    const store = await opened(file)
    const controller = new AbortController()
    const asked = store.timeline.stateAt(100, controller.signal)
    controller.abort(new Error('no longer'))
    await assert.rejects(asked, /no longer/)
    await assert.rejects(store.timeline.requests(0, 1, controller.signal), /no longer/)
    assert.equal((await store.timeline.stateAt(100)).position, 100)
    const left = store.timeline.stateAt(30_000)
    const timeline = store.timeline.info()
    store.dispose()
    await assert.rejects(left, /closed/)
    await assert.rejects(timeline, /closed/)
    // Who comes late starts no thread that nobody would end.
    await assert.rejects(store.timeline.info(), /closed/)
    await assert.rejects(store.timeline.stateAt(100), /closed/)
    await assert.rejects(store.view({ text: { pattern: 'line' } }), /closed/)
    const unread = await opened(file, false)
    const reading = unread.advance()
    unread.dispose()
    await reading
  })

  it('goes on with what an index of less than the log tells, and reads the rest in a thread', async () => {
    const events = randomEvents(random, MANY)
    const file = started('launch', events)
    const store = await opened(file)
    appendFileSync(file, linesOf(randomEvents(random, MANY).map((event) => ({ ...event, seq: event.seq + MANY }))))
    await store.advance(statSync(file).size)
    assert.equal(store.growth.size, 2 * MANY)
    assert.equal((await (await store.view({})).rows(2 * MANY - 1, 2 * MANY))[0]?.seq, 2 * MANY - 1)
  })
})
