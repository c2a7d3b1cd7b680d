import assert from 'node:assert/strict'
import { har as validHar } from 'har-validator'
import type { AnyEvent, RunHead } from '../../shared/events/schema'
import { toAsciicast } from './asciicast'
import { toCsv } from './csv'
import { toHar } from './har'
import { toLaunchMarkdown } from './launchMarkdown'
import { toLogMarkdown } from './logMarkdown'
import { toMarkdown } from './markdown'
import { isForSharing, redactionNote } from './redactionNote'
import { toText } from './text'

const head: RunHead = {
  capture_id: '2026-11-20T03-30-05Z-abc123',
  kind: 'capture',
  title: 'A title with a | and <b>',
  started_at: '2026-11-20T03:30:05.000Z',
  pid: 1,
  machine: 'm',
  tool: { name: 'tapedeck', version: '0.1.0' },
  prompt: 'What?',
}

async function* events(...list: readonly [phase: string, data: Record<string, unknown>][]): AsyncGenerator<AnyEvent> {
  let seq = 0
  for (const [phase, data] of list) {
    yield await Promise.resolve({
      capture_id: head.capture_id,
      seq,
      timestamp: `2026-11-20T03:30:05.${String(seq++).padStart(3, '0')}Z`,
      phase,
      data,
    })
  }
}

/** As `toHar` wants them: each at a place of its own, where it can be read again. */
function harOf(list: AsyncIterable<AnyEvent>): AsyncIterable<string> {
  const kept: AnyEvent[] = []
  async function* placed() {
    for await (const event of list) yield { event, offset: kept.push(event) - 1, bytes: 1 }
  }
  return toHar(head, placed(), (offset) => Promise.resolve(kept[offset]))
}

async function text(pieces: AsyncIterable<string>): Promise<string> {
  let all = ''
  for await (const piece of pieces) all += piece
  return all
}

const source = { url: 'https://a.example/?utm_source=x', rank: 1, domain: 'a.example' }

describe('exports', () => {
  it('to CSV quotes what needs it and lets no spreadsheet run a formula', async () => {
    const csv = await text(
      toCsv(
        head,
        events(
          ['search_query', { query: '=HYPERLINK("x")', index: 0 }],
          ['search_result', { ...source, title: 'a, "b"\nc' }],
          ['citation', { url: 'https://www.a.example/', index: 0 }],
        ),
      ),
    )
    const [, query, ...rest] = csv.split('\r\n')
    assert.equal(query, `query,0,2026-11-20T03:30:05.000Z,,"'=HYPERLINK(""x"")",,,,,`)
    assert.equal(
      rest.join('\r\n'),
      'source,1,2026-11-20T03:30:05.001Z,1,"a, ""b""\nc",https://a.example/?utm_source=x,a.example,,true,\r\n',
    )
  })

  it('to HAR holds requests, whole bodies and frames', async () => {
    const sent = {
      request_id: '1',
      method: 'POST',
      url: 'https://a.example/c?x=1&y',
      state: 'sent',
      request_headers: { accept: '*/*' },
    }
    const socket = { request_id: '2', method: 'GET', url: 'wss://a.example/', resource_type: 'websocket' }
    const har = JSON.parse(
      await text(
        harOf(
          events(
            ['network', sent],
            [
              'network',
              { ...sent, state: 'response', status: 200, mime_type: 'text/event-stream', response_headers: { a: 'b' } },
            ],
            ['network_body', { request_id: '1', offset: 0, text: 'data: a\n' }],
            ['network', { ...socket, state: 'sent' }],
            ['network_body', { request_id: '2', offset: 0, direction: 'received', text: 'frame' }],
            ['network_body', { request_id: '1', offset: 8, text: '\n' }],
            ['network', { ...sent, state: 'finished', bytes: 9, duration_ms: 12 }],
            ['network', { ...sent, request_id: '3', state: 'sent' }],
            ['network', { ...sent, request_id: '3', state: 'failed', error: 'net::ERR_FAILED' }],
          ),
        ),
      ),
    ) as { log: { version: string; entries: Record<string, never>[] } }
    assert.equal(har.log.version, '1.2')
    const [stream, failed, frames] = har.log.entries as unknown as [
      { request: { queryString: unknown }; response: { status: number; content: { text: string } }; time: number },
      { response: { status: number }; _error: string },
      { response: { status: number }; _webSocketMessages: { type: string; data: string }[] },
    ]
    assert.equal(stream.response.content.text, 'data: a\n\n')
    assert.equal(stream.time, 12)
    assert.deepEqual(stream.request.queryString, [
      { name: 'x', value: '1' },
      { name: 'y', value: '' },
    ])
    assert.equal(failed._error, 'net::ERR_FAILED')
    assert.equal(failed.response.status, 0)
    assert.deepEqual(
      frames._webSocketMessages.map(({ type, data }) => ({ type, data })),
      [{ type: 'receive', data: 'frame' }],
    )
    assert.equal(frames.response.status, 101)
  })

  it('to HAR joins binary pieces', async () => {
    const sent = { request_id: '1', method: 'GET', url: 'https://a.example/', state: 'sent' }
    const piece = (bytes: number[]): Record<string, unknown> => ({
      request_id: '1',
      offset: 0,
      base64: Buffer.from(bytes).toString('base64'),
    })
    const har = JSON.parse(
      await text(harOf(events(['network', sent], ['network_body', piece([1])], ['network_body', piece([2, 3])]))),
    ) as {
      log: { entries: { response: { content: { text: string; encoding: string } } }[] }
    }
    assert.deepEqual([...Buffer.from(har.log.entries[0]?.response.content.text ?? '', 'base64')], [1, 2, 3])
  })

  it('to HAR is valid, whatever strangers named their things', async () => {
    const hostile = '</script><!--\u2028\ud800"text":0}},"cache"'
    const network = (
      id: string,
      url: string,
      more: Record<string, unknown> = {},
    ): [string, Record<string, unknown>] => ['network', { request_id: id, method: 'GET', url, state: 'sent', ...more }]
    const har = JSON.parse(
      await text(
        harOf(
          events(
            network('1', `https://a.example/ä ${hostile}%zz?q=[|]`, { request_headers: { [hostile]: hostile } }),
            ['network_body', { request_id: '1', offset: 3, text: `second ${hostile}` }],
            ['network_body', { request_id: '1', offset: 0, text: 'one' }],
            ['network', { request_id: '1', state: 'failed', error: hostile, bytes: 12.5, status: 200.5 }],
            network('__proto__', 'no scheme', { mime_type: hostile }),
            network('3', ''),
            [
              'network',
              { request_id: '3', state: 'response', timings: { dns: -1, connect: 2, ssl: 1, send: 1, wait: 3 } },
            ],
            ['network', { request_id: '3', state: 'finished', duration_ms: 10 }],
            network('4', 'wss://a.example/'),
            ['network_body', { request_id: '4', offset: 0, direction: 'received', text: hostile }],
            ['network_body', { request_id: '4', offset: 0, direction: 'sent', base64: 'AAEC' }],
            ['network_body', { request_id: 'nobody', offset: 0, text: 'x' }],
            ['network', { request_id: 7 }],
          ),
        ),
      ),
    ) as { log: { entries: { response: { content: { text?: string } }; timings: Record<string, number> }[] } }
    await validHar(har)
    const [first, third] = har.log.entries
    assert.equal(first?.response.content.text, `onesecond ${hostile}`)
    assert.deepEqual(third?.timings, { blocked: -1, dns: -1, connect: 2, ssl: 1, send: 1, wait: 3, receive: 4 })
    assert.equal(har.log.entries.length, 4)
    await assert.rejects(validHar({ log: { ...har.log, entries: [{}] } }))
  })

  it('to HAR mixes text and bytes of one body, cut anywhere', async () => {
    const whole = Buffer.concat([Buffer.from('ä text '), Buffer.from([0xff, 0, 0xfe]), Buffer.from(' and ä end')])
    for (let cut = 0; cut <= 9; cut++) {
      const list: [string, Record<string, unknown>][] = [
        ['network', { request_id: '1', method: 'GET', url: 'https://a.example/', state: 'sent' }],
        ['network_body', { request_id: '1', offset: 0, text: 'ä text ' }],
        ['network_body', { request_id: '1', offset: 8, base64: whole.subarray(8, 8 + cut).toString('base64') }],
        ['network_body', { request_id: '1', offset: 8 + cut, base64: whole.subarray(8 + cut).toString('base64') }],
      ]
      const har = JSON.parse(await text(harOf(events(...list)))) as {
        log: { entries: { response: { content: { text: string; encoding: string } } }[] }
      }
      const content = har.log.entries[0]?.response.content
      assert.equal(content?.encoding, 'base64')
      assert.deepEqual(Buffer.from(content.text, 'base64'), whole)
    }
  })

  it('to asciicast v3 is JSON where an event has a time that is none', async () => {
    const line = (seq: number, timestamp: string): AnyEvent => ({
      capture_id: head.capture_id,
      seq,
      timestamp,
      phase: 'log_line',
      data: { text: 'a', stream: 'stdout' },
    })
    const odd = [line(0, 'yesterday'), line(1, '2026-11-20T03:30:06.000Z')]
    const cast = await text(
      toAsciicast(
        { ...head, kind: 'launch' },
        (async function* () {
          await Promise.resolve()
          yield* odd
        })(),
      ),
    )
    const [, ...rest] = cast.trimEnd().split('\n')
    assert.deepEqual(
      rest.map((one) => (JSON.parse(one) as unknown[])[0]),
      [0, 1],
    )
  })

  it('to asciicast v3 tells what was printed, at its times', async () => {
    const launch = { ...head, kind: 'launch' as const, command: 'sh', args: ['-c', 'a b'] }
    const cast = await text(
      toAsciicast(
        launch,
        events(
          ['process', { state: 'started', pid: 1 }],
          ['line_update', { text: '50 %', stream: 'stdout' }],
          ['log_line', { text: '\u001b[31m100 %\u001b[0m', stream: 'stdout' }],
          ['log_line', { text: 'y', stream: 'stdin' }],
          ['marker', { name: 'here\u2028"' }],
          ['log_line', { text: 'end', stream: 'stderr', unterminated: true }],
          ['process', { state: 'exited', exit_code: null, signal: 'SIGKILL' }],
        ),
      ),
    )
    const [first, ...rest] = cast.trimEnd().split('\n')
    assert.deepEqual(JSON.parse(first ?? ''), {
      version: 3,
      term: { cols: 120, rows: 30 },
      timestamp: 1795145405,
      title: head.title,
      command: "sh -c 'a b'",
    })
    assert.deepEqual(
      rest.map((line) => JSON.parse(line) as unknown),
      [
        [0.001, 'o', '50 %'],
        [0.001, 'o', '\r\u001b[K\u001b[31m100 %\u001b[0m\r\n'],
        [0.001, 'i', 'y\n'],
        [0.001, 'm', 'here\u2028"'],
        [0.001, 'o', 'end'],
        [0.001, 'x', '137'],
      ],
    )
  })

  it('to text are lines without colours, or the answers', async () => {
    const line = (text: string, stream = 'stdout'): [string, Record<string, unknown>] => ['log_line', { text, stream }]
    const launch = { ...head, kind: 'launch' as const }
    const lines = events(
      ['process', { state: 'started', pid: 1 }],
      line('a \u001b[31mred\u001b[0m "word"'),
      line('', 'stderr'),
      line('typed', 'stdin'),
      ['line_update', { text: '50 %', stream: 'stdout' }],
      line('é 漢 😀', 'stderr'),
    )
    assert.equal(await text(toText(launch, lines)), 'a red "word"\n\né 漢 😀\n')
    assert.equal(await text(toText(launch, events())), '')
    const answers = events(
      ['assistant_delta', { text: 'One', message_id: 'm' }],
      ['assistant_delta', { text: 'Two', message_id: 'n' }],
      ['assistant_delta', { text: ' more', message_id: 'm' }],
    )
    assert.equal(await text(toText(head, answers)), 'One more\n\nTwo\n')
    const session = events(
      ['message', { role: 'user', text: 'Do it' }],
      ['message', { role: 'assistant', text: 'Done' }],
    )
    assert.equal(await text(toText({ ...head, kind: 'session' }, session)), 'user: Do it\nassistant: Done\n')
    const many = events(...Array.from({ length: 3000 }, (_, i) => line(`${String(i)} ${'x'.repeat(90)}`)))
    let pieces = 0
    for await (const piece of toText(launch, many)) {
      assert.ok(piece.endsWith('\n'))
      pieces++
    }
    assert.ok(pieces > 2)
  })

  it('to Markdown tells of a log how much of each level, and the errors', async () => {
    const follow = { ...head, kind: 'follow' as const, files: ['/w/a.log'] }
    const markdown = await text(
      toLogMarkdown(
        follow,
        events(
          ['log_line', { text: '# not a title', stream: 'file', level: 'error' }],
          ['log_line', { text: 'fine', stream: 'file', level: 'info' }],
          ['log_line', { text: 'plain', stream: 'file' }],
          ...Array.from({ length: 300 }, (): [string, Record<string, unknown>] => [
            'error',
            { message: 'again', fatal: false },
          ]),
        ),
      ),
    )
    assert.ok(markdown.includes('    /w/a.log\n') && markdown.includes('303 events'), markdown)
    assert.ok(markdown.includes('- error: 301\n- info: 1\n'))
    assert.ok(markdown.includes('    2026-11-20T03:30:05.000Z  # not a title\n'))
    assert.ok(markdown.includes('101 more are in the log.'))
  })

  it('for others say what was redacted', () => {
    assert.equal(isForSharing('har') && isForSharing('html') && !isForSharing('json'), true)
    assert.match(
      redactionNote({ bearer: 1, cookie: 1200, none: 0 }),
      /^1,201 secrets were redacted .*: cookie \(1,200\), bearer \(1\)\.\n/,
    )
    assert.match(redactionNote({}), /^Nothing was redacted/)
    assert.match(redactionNote(undefined), /not closed/)
  })

  it('to Markdown tells of a launch what ran, what it printed and how it ended', async () => {
    const launch = { ...head, kind: 'launch' as const, title: 'Train', command: 'sh', args: ['-c', 'x'], cwd: '/w' }
    const event = (phase: string, data: Record<string, unknown>) => ({
      capture_id: 'x',
      seq: 0,
      timestamp: '',
      phase,
      data,
    })
    async function* events() {
      yield* await Promise.resolve([
        event('log_line', { text: '\u001b[31m# not a title\u001b[0m', stream: 'stdout' }),
        event('process', { state: 'exited', exit_code: 3, signal: null }),
        event('metric', { name: 'loss|x', value: 2 }),
        event('metric', { name: 'loss|x', value: 0.5 }),
        event('marker', { name: 'lower [rate]' }),
        event('result', { path: '/w/out.json' }),
      ])
    }
    let text = ''
    for await (const piece of toLaunchMarkdown(launch, events())) text += piece
    assert.match(text, /^# Train\n/)
    assert.ok(text.includes('    sh -c x\n') && text.includes('\n    # not a title\n'), text)
    assert.ok(text.includes('\n| loss\\|x | 0.5 | 0.5 | 2 | 2 |\n') && text.includes('\n- lower \\[rate\\]\n'), text)
    assert.ok(text.includes('Exit code 3.') && text.includes('    /w/out.json\n'), text)
  })

  it('to Markdown lets titles be text', async () => {
    const markdown = await text(
      toMarkdown(
        head,
        events(
          ['search_result', { ...source, title: '[x](javascript:1) | <b>' }],
          ['assistant_delta', { text: 'An answer.', message_id: 'm' }],
        ),
      ),
    )
    assert.ok(markdown.startsWith('# A title with a \\| and \\<b\\>'))
    assert.ok(markdown.includes('\\[x\\](javascript:1) \\| \\<b\\>'))
    assert.ok(markdown.includes('## Answer\n\nAn answer.'))
  })
})
