import assert from 'node:assert/strict'
import type { AnyEvent, RunHead } from '../../shared/events/schema'
import { toCsv } from './csv'
import { toHar } from './har'
import { toLaunchMarkdown } from './launchMarkdown'
import { toMarkdown } from './markdown'
import { toNdjson } from './ndjson'

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
        toHar(
          head,
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
      await text(toHar(head, events(['network', sent], ['network_body', piece([1])], ['network_body', piece([2, 3])]))),
    ) as {
      log: { entries: { response: { content: { text: string; encoding: string } } }[] }
    }
    assert.deepEqual([...Buffer.from(har.log.entries[0]?.response.content.text ?? '', 'base64')], [1, 2, 3])
  })

  it('to NDJSON is one event a line', async () => {
    const lines = (await text(toNdjson(head, events(['marker', { name: 'a' }], ['marker', { name: 'b' }]))))
      .trim()
      .split('\n')
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as AnyEvent).data['name']),
      ['a', 'b'],
    )
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
        event('result', { path: '/w/out.json' }),
      ])
    }
    let text = ''
    for await (const piece of toLaunchMarkdown(launch, events())) text += piece
    assert.match(text, /^# Train\n/)
    assert.ok(text.includes('    sh -c x\n') && text.includes('\n    # not a title\n'), text)
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
