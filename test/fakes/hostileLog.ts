/** Run logs full of what strangers write to break whoever shows it. Made as text, since no writer of ours would write all of it. */

export const HOSTILE_ID = '2026-11-20T03-30-05Z-abc123'
/** What a title is that wants to be more than text. */
export const MARKUP = '</script><script>globalThis.pwned = 1</script><!--<img src=x onerror="globalThis.pwned = 1">'
const SCRIPT_LINK = 'javascript:globalThis.pwned=1'
const BIDI = '\u202eright to left\u2066 isolated \u200f'
const NESTED = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
const LONG = 'a very long title '.repeat(60_000)

type Kind = 'capture' | 'launch'

/** The events as [phase, data as JSON]. */
function hostileEvents(kind: Kind): readonly (readonly [phase: string, data: string])[] {
  const event = (phase: string, data: Readonly<Record<string, unknown>>) => [phase, JSON.stringify(data)] as const
  const line = (text: string, more: Readonly<Record<string, unknown>> = {}) =>
    event('log_line', { text, stream: 'stdout', ...more })
  if (kind === 'launch')
    return [
      event('process', { state: 'started', pid: 1, command: MARKUP }),
      line(MARKUP),
      line(`${BIDI}\u001b[31mred\u001b[0m\u001b[2J\u001b]0;title\u0007`),
      line(`\u001b]8;;${SCRIPT_LINK}\u001b\\a link\u001b]8;;\u001b\\ and ${SCRIPT_LINK} and https://a.example/"><b>`),
      line('x'.repeat(2_000_000)),
      line('lone \ud800 surrogate \u2028 separator \u0000 nul', { level: '__proto__', fields: { constructor: 1 } }),
      event('line_update', { stream: '__proto__', text: MARKUP }),
      event('metric', { name: '__proto__', value: 1 }),
      event('metric', { name: MARKUP, value: 2, unit: MARKUP, step: 1 }),
      event('metric', { name: MARKUP, value: 3, unit: MARKUP, step: 2 }),
      event('result', { path: `${MARKUP}/../../../etc/passwd`, summary: MARKUP }),
      event('marker', { name: MARKUP }),
      event('phase_change', { phase: MARKUP, label: BIDI }),
      event('error', { message: MARKUP, fatal: true }),
      ['toString', `{"raw":${NESTED}}`],
      event('process', { state: 'exited', exit_code: 1 }),
    ]
  return [
    event('browser_status', { status: 'prompt_submitted', detail: MARKUP, url: SCRIPT_LINK, model: MARKUP }),
    event('search_query', { query: MARKUP, index: 0 }),
    event('search_result', { url: SCRIPT_LINK, rank: 1, title: LONG, snippet: BIDI, domain: MARKUP }),
    event('search_result', { url: 'https://a.example/', rank: 2, title: MARKUP, domain: 'a.example' }),
    event('citation', { url: SCRIPT_LINK, index: 0, title: BIDI }),
    event('assistant_delta', {
      message_id: '__proto__',
      text: `${MARKUP}\n\n[a link](${SCRIPT_LINK}) ![picture](https://evil.example/x.png) <iframe src="https://evil.example/"></iframe>\n\n<style>*{display:none}</style>\n`,
    }),
    event('tool_use', { name: MARKUP, state: 'started', call_id: '__proto__' }),
    ['tool_use', `{"name":"deep","state":"started","input":${NESTED}}`],
    [
      'network',
      `{"request_id":"__proto__","method":"GET","url":"${SCRIPT_LINK}","state":"sent","request_headers":{"__proto__":"x"}}`,
    ],
    event('network_body', { request_id: '__proto__', offset: 0, text: MARKUP }),
    [
      'marker',
      `{"name":"own key","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"raw":${NESTED}}`,
    ],
    [MARKUP.slice(0, 60), '{"a":1}'],
    ['__proto__', `{"deep":${NESTED}}`],
    ['constructor', '{}'],
    event('error', { message: `lone \ud800 surrogate, \u2028 separator, \u0000 nul, ${BIDI}`, fatal: false }),
    event('log_line', { text: `\u001b[31m${MARKUP}`, stream: MARKUP, level: MARKUP, logger: MARKUP }),
    event('marker', { name: 'the last one' }),
  ]
}

/** A finished log. */
export function hostileLog(kind: Kind): string {
  const events = hostileEvents(kind)
  const head = {
    capture_id: HOSTILE_ID,
    kind,
    title: MARKUP,
    started_at: '2026-11-20T03:30:05.000Z',
    pid: 1,
    machine: MARKUP,
    tool: { name: 'tapedeck', version: '0.1.0' },
    ...(kind === 'capture' ? { prompt: MARKUP, url: SCRIPT_LINK } : { command: 'sh', args: [MARKUP], cwd: MARKUP }),
  }
  const lines = events.map(([phase, data], seq) => {
    const timestamp = `2026-11-20T03:30:${String(6 + seq)
      .padStart(2, '0')
      .slice(-2)}.000Z`
    const { capture_id } = head
    return `${seq === 0 ? '' : ','}${JSON.stringify({ capture_id, seq, timestamp, phase }).slice(0, -1)},"data":${data}}\n`
  })
  const counts: Record<string, number> = {}
  const metadata = {
    ...head,
    status: 'failed',
    finished_at: '2026-11-20T03:31:00.000Z',
    duration_ms: 55_000,
    event_count: lines.length,
    phase_counts: counts,
    level_counts: {},
    dropped: 0,
    redacted: { [MARKUP.slice(0, 40)]: 2 },
    error: MARKUP,
  }
  const damaged = `,{"capture_id":"${HOSTILE_ID}","seq":99,"phase":"</script>\n`
  return `{"format":"tapedeck-run/1","head":${JSON.stringify(head)},"events":[\n${lines.join('')}${damaged}],"metadata":${JSON.stringify(metadata)}}\n`
}
