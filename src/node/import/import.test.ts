import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { HOSTILE_ID, hostileLog } from '../../../test/fakes/hostileLog'
import { startLog, temporaryFolder, testHead } from '../../../test/fakes/logs'
import { createRunReducer } from '../../core/reduce/byKind'
import type { AnyEvent, RunKind } from '../../shared/events/schema'
import type { ExportFormat } from '../../shared/protocol/contract'
import { UserError } from '../../shared/userError'
import { checkFile } from '../runlog/checkFile'
import { exportRun } from '../runlog/exportRun'
import { readEvents, readLogInfo } from '../runlog/reader'
import { importFile, type Imported } from './importFile'
import { importInProcess } from './importProcess'

declare const __PROJECT_ROOT__: string

const T0 = Date.UTC(2026, 10, 20, 3, 30, 5)
const iso = (ms: number): string => new Date(T0 + ms).toISOString()

describe('an import', () => {
  const folder = temporaryFolder()
  const fileOf = (name: string, text: string): string => {
    const file = path.join(folder.path, name)
    writeFileSync(file, text)
    return file
  }
  const logs = (): string => path.join(folder.path, 'logs')
  const runImport = (file: string, signal?: AbortSignal): Promise<Imported> =>
    importFile(file, { logDirectory: logs(), tool: { name: 'tapedeck', version: '0' }, ...(signal ? { signal } : {}) })

  /** Its events; the log must be as the format says. */
  async function eventsOf({ path: log }: Pick<Imported, 'path'>): Promise<AnyEvent[]> {
    assert.deepEqual((await checkFile(log)).violations, [])
    const events: AnyEvent[] = []
    for await (const event of readEvents(await readLogInfo(log))) events.push(event)
    return events
  }
  async function exported(log: string, format: ExportFormat, name: string): Promise<string> {
    let text = ''
    for await (const piece of exportRun(log, format)) text += piece.toString()
    return fileOf(name, text)
  }
  function summaryOf(kind: RunKind, events: readonly AnyEvent[]): unknown {
    const reducer = createRunReducer(kind)
    for (const event of events) if (reducer.wants(event.phase)) reducer.add(event)
    const { capture } = reducer
    const summary = reducer.summary()
    if (summary.kind !== 'capture') return summary
    const { queries, sources, answers } = summary
    return {
      queries: queries.map(({ query }) => query),
      sources: sources.map(({ url, title, cited }) => ({ url, title, cited })),
      answers: answers.map(({ message_id }) => capture?.answer(message_id)),
    }
  }
  /** Nothing but whole runs is there. */
  function assertNothingLeft(runs: number): void {
    if (!existsSync(logs())) return
    assert.deepEqual(readdirSync(logs()).sort(), ['.gitignore', 'index', 'runs'])
    assert.equal(readdirSync(path.join(logs(), 'runs')).length, runs)
  }

  const harOf = (...entries: object[]): string =>
    JSON.stringify({ log: { version: '1.2', creator: {}, pages: [{ title: 'A "page"' }], entries } }, undefined, 1)
  const entryOf = (ms: number, url: string, more: { response?: object; [key: string]: unknown } = {}): object => ({
    startedDateTime: iso(ms),
    time: 100,
    request: { method: 'POST', url, headers: [{ name: 'Accept', value: '*/*' }] },
    timings: { send: 1, wait: 9, receive: 90 },
    ...more,
    response: { status: 200, headers: [], content: { size: 0, mimeType: 'text/plain' }, ...more.response },
  })
  const streamOf = (ms: number, url: string, fixture: string): object => {
    const text = readFileSync(path.join(__PROJECT_ROOT__, 'test/fixtures/decode', fixture), 'utf8')
    const content = { size: text.length, mimeType: 'text/event-stream; charset=utf-8', text }
    return entryOf(ms, url, { response: { content } })
  }

  for (const [fixture, url] of [
    ['search-v1.sse', 'https://chat.example/backend-api/f/conversation'],
    ['anthropic-messages.sse', 'https://api.example/v1/messages'],
    ['openai-responses.sse', 'https://api.example/v1/responses'],
  ] as const) {
    it(`of a HAR is decoded, and once more exported and imported the same (${fixture})`, async () => {
      const file = fileOf('a.har', harOf(entryOf(5, 'https://chat.example/'), streamOf(20, url, fixture)))
      const first = await runImport(file)
      assert.equal(first.format, 'HAR')
      assert.equal(first.title, 'A "page"')
      const events = await eventsOf(first)
      const { head, metadata } = await readLogInfo(first.path)
      assert.equal(head.kind, 'capture')
      assert.equal(head.started_at, iso(5))
      assert.equal(metadata?.finished_at, iso(120))
      const summary = summaryOf('capture', events) as { answers: string[] }
      assert.ok((summary.answers[0] ?? '').length > 3, JSON.stringify(summary))
      const second = await runImport(await exported(first.path, 'har', 'b.har'))
      const again = await eventsOf(second)
      assert.deepEqual(summaryOf('capture', again), summary)
      const shape = (list: readonly AnyEvent[]): unknown =>
        list.map(({ timestamp, phase, data }) => [timestamp, phase, data['text'], data['state'], data['status']])
      assert.deepEqual(shape(again), shape(events))
      assertNothingLeft(2)
    })
  }

  it('of a HAR keeps the times of requests that overlap, of frames, and what failed', async () => {
    const file = fileOf(
      'a.har',
      harOf(
        entryOf(50, 'wss://a.example/', {
          time: 10,
          _resourceType: 'websocket',
          response: { status: 101 },
          _webSocketMessages: [
            { type: 'send', time: (T0 + 60) / 1000, opcode: 1, data: 'hello' },
            { type: 'receive', time: (T0 + 500) / 1000, opcode: 2, data: 'AAEC' },
          ],
        }),
        entryOf(0, 'https://a.example/slow', { time: 300 }),
        entryOf(10, 'https://a.example/refused', { _error: 'net::ERR_FAILED', response: { status: 0 } }),
        entryOf(20, 'data:text/plain,x'),
        { request: {}, startedDateTime: 'never' },
      ),
    )
    const imported = await runImport(file)
    assert.match(imported.notes[0] ?? '', /^1 could not be read\. Entry 5 \(at byte \d+\)/)
    const events = (await eventsOf(imported)).filter(({ phase }) => phase.startsWith('network'))
    const told = events.map(({ timestamp, data }) => [
      Date.parse(timestamp) - T0,
      data['request_id'],
      data['state'] ?? data['text'] ?? data['base64'],
    ])
    assert.deepEqual(told, [
      [0, 'har-2', 'sent'],
      [10, 'har-2', 'response'],
      [10, 'har-3', 'sent'],
      [50, 'har-1', 'sent'],
      [60, 'har-1', 'response'],
      [60, 'har-1', 'hello'],
      [110, 'har-3', 'failed'],
      [300, 'har-2', 'finished'],
      [500, 'har-1', 'AAEC'],
      [500, 'har-1', 'finished'],
    ])
  })

  it('of a HAR that is cut or none says where', async () => {
    const whole = harOf(entryOf(0, 'https://a.example/'))
    for (const [text, message] of [
      [whole.slice(0, -30), /ends at byte \d+ in the middle/],
      ['{"log":{"version":"1.2"}}', /no list log\.entries/],
    ] as const) {
      await assert.rejects(runImport(fileOf('a.har', text)), (error) => {
        assert.ok(error instanceof UserError)
        assert.match(error.message, message)
        return true
      })
      assertNothingLeft(0)
    }
  })

  it('of a HAR with numbers that are none makes a log as the format says', async () => {
    const entries = [1e300, -1, 0.4, 200.4, null].map((status) => ({
      startedDateTime: iso(0),
      time: 1e308,
      request: { method: 'GET', url: 'https://example.org/' },
      response: { status, bodySize: 1e308, content: { size: 1e300 } },
      timings: { wait: -1e308, receive: 1e308 },
    }))
    const events = await eventsOf(await runImport(fileOf('a.har', JSON.stringify({ log: { entries } }))))
    const told = events.flatMap(({ data }) => (data['state'] === 'response' ? data['status'] : []))
    assert.deepEqual(told, [200])
  })

  it('keeps what is called base64 and is none', async () => {
    const frame = { type: 'receive', time: T0 / 1000, opcode: 2, data: '%%% sk-ant-api03-aaaaaaaaaaaaaaaaaaaaaaaa' }
    const entry = {
      startedDateTime: iso(0),
      time: 5,
      request: { method: 'GET', url: 'wss://example.org/' },
      response: { status: 101 },
      _webSocketMessages: [frame],
    }
    const fromHar = await runImport(fileOf('a.har', JSON.stringify({ log: { entries: [entry] } })))
    const data = { request_id: '1', offset: 0, base64: '%%%' }
    const event = { capture_id: 'x', seq: 0, timestamp: iso(0), phase: 'network_body', data }
    const fromLines = await runImport(fileOf('a.ndjson', `${JSON.stringify(event)}\n`))
    const bodies = async (imported: Imported): Promise<unknown[]> =>
      (await eventsOf(imported)).filter(({ phase }) => phase === 'network_body').map(({ data }) => data['text'])
    const [kept] = await bodies(fromHar)
    assert.ok(typeof kept === 'string' && kept.startsWith('%%% ') && !kept.includes('aaaaaaaa'), String(kept))
    assert.deepEqual(await bodies(fromLines), ['%%%'])
  })

  it('of an asciicast (version 2) goes through the encoder of output', async () => {
    const file = fileOf(
      'a.cast',
      [
        '{"version": 2, "width": 80, "height": 24, "timestamp": 1795145405, "title": "Demo"}',
        '[0.5, "o", "first\\r\\nERROR seco"]',
        '[0.9, "o", "nd\\r\\n 50 %"]',
        '[2.0, "o", "\\r100 %\\r\\n"]',
        '[2.5, "i", "y\\r"]',
        '[2.6, "r", "90x30"]',
        'no event',
        '[2.7, "m", ""]',
        '[1.0, "o", "\\u001b[31mlate\\u001b[0m"]',
      ].join('\n'),
    )
    const imported = await runImport(file)
    assert.deepEqual([imported.title, imported.notes.length], ['Demo', 1])
    const events = await eventsOf(imported)
    const shown = events.filter(({ phase }) => phase !== 'metric')
    const told = shown.map(({ timestamp, phase, data }) => [
      Date.parse(timestamp) - T0,
      phase,
      data['text'] ?? data['name'] ?? data['message'] ?? data['state'] ?? data['status'],
    ])
    assert.deepEqual(told, [
      [0, 'process', 'started'],
      [500, 'log_line', 'first'],
      [550, 'line_update', 'ERROR seco'],
      [900, 'log_line', 'ERROR second'],
      [950, 'line_update', ' 50 %'],
      [2000, 'log_line', '100 %'],
      [2500, 'log_line', 'y'],
      [2600, 'marker', 'terminal resized to 90x30'],
      [2600, 'error', 'Line 7 (at byte 208) is no event.'],
      [2700, 'marker', 'marker'],
      [2700, 'log_line', '\u001b[31mlate\u001b[0m'],
      [2700, 'completion', 'completed'],
    ])
    assert.equal(events[3]?.data['level'], 'error')
  })

  it('of an asciicast that we exported has the same lines at the same times', async () => {
    const head = testHead({ kind: 'launch', title: 'Train', command: 'sh', args: ['-c', 'x'], started_at: iso(0) })
    const ours = [
      ['log_line', { text: 'one', stream: 'stdout' }],
      ['line_update', { text: '10 %', stream: 'stdout' }],
      ['line_update', { text: '90 %', stream: 'stdout' }],
      ['log_line', { text: '\u001b[32m100 %\u001b[0m é 漢 😀', stream: 'stdout' }],
      ['log_line', { text: '', stream: 'stderr' }],
      ['marker', { name: 'here' }],
      ['log_line', { text: 'answer', stream: 'stdin' }],
      ['process', { state: 'exited', exit_code: 3 }],
    ] as const
    const lines = ours.map(([phase, data], seq) =>
      JSON.stringify({ capture_id: head.capture_id, seq, timestamp: iso(seq * 1234), phase, data }),
    )
    const first = await runImport(fileOf('a.ndjson', `${lines.join('\n')}\n`))
    const second = await runImport(await exported(first.path, 'asciicast', 'a.cast'))
    const shape = (list: readonly AnyEvent[]): unknown =>
      list
        .filter(({ phase, data }) => phase === 'log_line' || phase === 'marker' || data['state'] === 'exited')
        .map(({ timestamp, data }) => [timestamp, data['text'] ?? data['name'] ?? data['exit_code']])
    assert.deepEqual(shape(await eventsOf(second)), shape(await eventsOf(first)))
    const { metadata } = await readLogInfo(second.path)
    assert.deepEqual([metadata?.status, metadata?.exit_code], ['failed', 3])
  })

  it('of our own NDJSON has the same events, and keeps what no log could hold as it is', async () => {
    const log = startLog(folder.path)
    await log.emit(
      { phase: 'search_query', data: { query: 'q', index: 0 } },
      { phase: 'log_line', data: { text: 'é "quoted"', stream: 'stdout', level: 'warn' } },
      { phase: 'completion', data: { status: 'completed' } },
    )
    await log.finish()
    const imported = await runImport(await exported(log.path, 'ndjson', 'a.ndjson'))
    const shape = (list: readonly AnyEvent[]): unknown =>
      list.map(({ timestamp, phase, data }) => [timestamp, phase, data])
    assert.deepEqual(shape(await eventsOf(imported)), shape(await eventsOf({ path: log.path })))

    const event = (seq: number, phase: string, data: string): string =>
      `${JSON.stringify({ capture_id: 'x', seq, timestamp: iso(seq), phase }).slice(0, -1)},"data":${data}}`
    const hostile = [
      event(1, 'marker', '{"name":"fine","__proto__":{"a":1}}'),
      event(2, '"},{"', '{"a":1}'),
      event(3, '__proto__', '{}'),
      event(4, 'marker', '{"name":7}'),
      event(5, 'new.phase', `{"deep":${'['.repeat(50_000)}${']'.repeat(50_000)}}`),
      '{"no": "event"}',
      '{"seq":1,"timestamp":"never","phase":"marker","data":{}}',
      event(0, 'marker', '{"name":"back in time"}'),
    ]
    const second = await runImport(fileOf('b.ndjson', hostile.join('\r\n')))
    const phases = (await eventsOf(second)).map(({ phase }) => phase)
    assert.deepEqual(phases, [
      ...['marker', 'imported', 'imported', 'imported', 'new.phase', 'error', 'error', 'marker', 'completion'],
    ])
    assert.match(second.notes[0] ?? '', /^2 could not be read\. Line 6 \(at byte \d+\)/)
  })

  it('of any JSON lines is a log with the times that they tell', async () => {
    const file = fileOf(
      'app.json',
      [
        `{"time":"${iso(10)}","level":"info","msg":"up","password":"hunter2hunter2"}`,
        'not json',
        `{"time":"${iso(2000)}","level":"error","msg":"down"}`,
      ].join('\n'),
    )
    const imported = await runImport(file)
    const events = await eventsOf(imported)
    const told = events.map(({ timestamp, data }) => [timestamp, data['level'], data['logged_at']])
    assert.deepEqual(told.slice(0, 3), [
      [iso(10), 'info', iso(10)],
      [iso(10), undefined, undefined],
      [iso(2000), 'error', iso(2000)],
    ])
    assert.ok(!readFileSync(imported.path, 'utf8').includes('hunter2'))
    assert.equal((await readLogInfo(imported.path)).head.kind, 'follow')
  })

  it('of the lines of a container is no HAR, though they begin like one', async () => {
    const line = (log: string, ms: number): string => JSON.stringify({ log, stream: 'stdout', time: iso(ms) })
    const imported = await runImport(fileOf('c-json.log', `${line('up\n', 1)}\n${line('down\n', 2)}\n`))
    assert.equal(imported.format, 'NDJSON')
    assert.equal((await eventsOf(imported)).filter(({ phase }) => phase === 'log_line').length, 2)
  })

  it('of a log of ours is its copy, under another id where that is taken', async () => {
    const log = startLog(folder.path)
    await log.emit({ phase: 'marker', data: { name: `"capture_id":"${log.head.capture_id}"` } })
    await assert.rejects(runImport(log.path), /not closed/)
    await log.finish()
    const first = await runImport(log.path)
    assert.equal(first.captureId, log.head.capture_id)
    assert.deepEqual(readFileSync(first.path), readFileSync(log.path))
    const second = await runImport(log.path)
    assert.notEqual(second.captureId, first.captureId)
    assert.match(second.notes[0] ?? '', /^There is a run .* already, so this one is called /)
    const [event] = await eventsOf(second)
    assert.equal(event?.data['name'], `"capture_id":"${log.head.capture_id}"`)
    assertNothingLeft(2)
    const damaged = fileOf(`${HOSTILE_ID}.json`, hostileLog('capture'))
    await assert.rejects(runImport(damaged), /is damaged, so it is not imported: line \d+: /)
    assertNothingLeft(2)
  })

  it('of what is nothing of these is refused', async () => {
    for (const text of ['', 'plain text\nmore', '[1,2]', '\0\0\0', '{"cut'])
      await assert.rejects(runImport(fileOf('a.bin', text)), /is nothing that can be imported/)
    await assert.rejects(runImport(path.join(folder.path, 'gone')), /there is no such file/)
    await assert.rejects(runImport(folder.path), /is not a file/)
  })

  it('that is cancelled leaves nothing', async () => {
    const lines = Array.from({ length: 50_000 }, (_, i) => `{"time":"${iso(i)}","msg":"line ${String(i)}"}`)
    const file = fileOf('a.ndjson', lines.join('\n'))
    const abort = new AbortController()
    const progress: number[] = []
    const importing = importFile(file, {
      logDirectory: logs(),
      tool: { name: 'tapedeck', version: '0' },
      signal: abort.signal,
      onProgress: (done) => {
        progress.push(done)
        abort.abort()
      },
    })
    await assert.rejects(importing, { name: 'AbortError' })
    assert.ok(progress.length > 0)
    assertNothingLeft(0)
  })

  it('in a process of its own that is killed within a line fails with what it said', async () => {
    const script = fileOf(
      'killed.cjs',
      `console.error('tapedeck: out of memory'); process.stdout.write('{"progress":0.5}\\n{"capt')`,
    )
    const parts: number[] = []
    const importing = importInProcess(script, 'a.har', logs(), {
      signal: new AbortController().signal,
      onProgress: (part) => parts.push(part),
    })
    await assert.rejects(importing, /^UserError: out of memory$/)
    assert.deepEqual(parts, [0.5])
  })

  it('takes away what killed ones left, when it is old', async () => {
    // Larger than any process id.
    const [old, fresh, persons] = ['999999999-0123abcd', '999999999-89efabcd', '999999999-photos'].map((name) =>
      path.join(logs(), `importing-${name}`),
    )
    assert.ok(old !== undefined && fresh !== undefined && persons !== undefined)
    for (const one of [old, fresh, persons]) mkdirSync(one, { recursive: true })
    const before = new Date(Date.now() - 48 * 3_600_000)
    for (const one of [old, persons]) utimesSync(one, before, before)
    await runImport(fileOf('a.ndjson', '{"a":1}\n'))
    // The log directory may be any folder, and hold what is none of our business.
    assert.deepEqual([existsSync(old), existsSync(fresh), existsSync(persons)], [false, true, true])
  })
})
