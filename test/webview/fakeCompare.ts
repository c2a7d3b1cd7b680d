/** Pairs of runs as the host would compare them: made of events by what the host uses. */
import { compareRuns } from '../../src/core/compare/compareRuns'
import { RunGatherer, type GatheredRun } from '../../src/core/compare/gathered'
import { levelOf } from '../../src/shared/events/levels'
import type { RunHead, RunKind } from '../../src/shared/events/schema'
import type { Comparison } from '../../src/shared/protocol/compare'
import { START } from './fakeRun'

export const pairs = ['capture', 'launch', 'session', 'mixed', 'alike', 'hostile'] as const
export type Pair = (typeof pairs)[number]

type Told = readonly [phase: string, data: Record<string, unknown>]

export function fakeComparison(pair: Pair, swapped: boolean): Comparison {
  const [left, right] = runsOf[pair]()
  return swapped ? compareRuns(right, left) : compareRuns(left, right)
}

const runsOf: Readonly<Record<Pair, () => readonly [GatheredRun, GatheredRun]>> = {
  capture: () => [capture(false), capture(true)],
  launch: () => [launch(false), launch(true)],
  session: () => [session(false), session(true)],
  mixed: () => [capture(false), launch(true)],
  alike: () => [launch(false), launch(false)],
  hostile: () => [hostile(1), hostile(2)],
}

function gathered(
  kind: RunKind,
  title: string,
  state: string,
  told: readonly Told[],
  more: Partial<RunHead> = {},
): GatheredRun {
  const gatherer = new RunGatherer(kind)
  for (const [seq, [phase, data]] of told.entries()) {
    const level = levelOf(phase, data)
    const timestamp = new Date(START + seq * 250).toISOString()
    const event = { capture_id: 'x', seq, timestamp, phase, data }
    gatherer.add(event, level === undefined ? phase : `${phase}:${level}`)
  }
  const head: RunHead = {
    capture_id: `2026-11-20T03-30-05Z-${kind.slice(0, 3)}${title.length > 20 ? 'abc' : 'xyz'}`,
    kind,
    title,
    started_at: new Date(START).toISOString(),
    pid: 1,
    machine: 'laptop',
    tool: { name: 'tapedeck', version: '0.1.0' },
    ...more,
  }
  const { capture_id, started_at } = head
  const run = { capture_id, kind, title, state, started_at, duration_ms: told.length * 250, event_count: told.length }
  return gatherer.gathered({ ...run, damaged: 0 }, head, undefined)
}

function capture(isLater: boolean): GatheredRun {
  const source = (n: number, title: string): Told => [
    'search_result',
    {
      url: `https://www.site${String(n)}.example/towers/?utm_source=chat`,
      rank: n,
      domain: `site${String(n)}.example`,
      title,
    },
  ]
  const height = isLater ? '118 m' : '111 m'
  return gathered(
    'capture',
    isLater ? 'What is the tallest wooden tower in Europe, and since when?' : 'Tallest wooden tower',
    'completed',
    [
      ['browser_status', { status: 'response_complete', model: isLater ? 'chat-2' : 'chat-1' }],
      ['search_query', { query: 'tallest wooden tower in Europe', index: 0 }],
      ['search_query', { query: isLater ? 'Gliwice tower history' : 'wooden radio mast height', index: 1 }],
      source(1, 'List of tallest wooden buildings and structures'),
      source(2, 'Gliwice Radio Tower'),
      ...(isLater
        ? [
            source(4, 'Pyramidenkogel'),
            source(5, 'A very long title of a page that has to wrap in a narrow column, since nobody cut it'),
          ]
        : [source(3, 'The mast of Mühlacker')]),
      ['citation', { url: 'http://site2.example/towers', index: 0 }],
      [
        'assistant_delta',
        {
          message_id: 'm',
          text: `## Answer\n\nThe tallest wooden tower in Europe is the **Gliwice Radio Tower** in Poland. It is ${height} high and was built in 1935.\n\n${Array.from({ length: 12 }, (_, i) => `${String(i + 1)}. A line that both have.\n`).join('')}\n${isLater ? 'It became a monument in 2017.\n' : 'It stood when the war began.\n'}`,
        },
      ],
      ['usage', { input_tokens: isLater ? 1500 : 1200, output_tokens: 340, cost_basis: 'recorded' }],
      ...(isLater ? [['error', { message: 'HTTP 429', fatal: false }] satisfies Told] : []),
    ],
    {
      prompt: isLater ? 'What is the tallest wooden tower in Europe, and since when?' : 'Tallest wooden tower?',
      url: 'https://chat.example/',
    },
  )
}

function launch(isLater: boolean): GatheredRun {
  const line = (text: string, level?: string): Told => [
    'log_line',
    { text, stream: 'stdout', ...(level === undefined ? {} : { level }) },
  ]
  const steps = Array.from({ length: isLater ? 80 : 60 }, (_, i): Told[] => {
    const loss = (isLater ? 1.6 : 2) * Math.exp(-i / 20) + Math.sin(i) / 20
    return [
      line(`step ${String(i)} loss=${loss.toFixed(4)} lr=0.001`),
      ['metric', { name: 'loss', value: loss, step: i }],
      ...(i % 3 === 0 ? [['metric', { name: 'accuracy', value: 1 - loss / 3, step: i }] satisfies Told] : []),
    ]
  }).flat()
  return gathered(
    'launch',
    isLater ? 'train large model' : 'train small model',
    isLater ? 'failed' : 'completed',
    [
      ['process', { state: 'started', pid: 7, command: 'python' }],
      line('loading data'),
      ...(isLater ? [line('cache is cold', 'warn')] : [line('using cached data from /tmp/cache-77')]),
      ...steps,
      ...(isLater
        ? [line('Traceback (most recent call last):', 'error'), line('MemoryError: 12 GB asked for', 'fatal')]
        : [line('saved checkpoint 3'), ['metric', { name: 'bleu', value: 31.4 }] satisfies Told]),
      ['process', { state: 'exited', exit_code: isLater ? 1 : 0 }],
    ],
    {
      command: 'python',
      args: ['train.py', '--config', `configs/${isLater ? 'large' : 'small'}.yaml`, ...(isLater ? ['--verbose'] : [])],
      cwd: '/work/demo-app',
      env_names: isLater ? ['CUDA_VISIBLE_DEVICES', 'PATH'] : ['PATH', 'SEED'],
    },
  )
}

function session(isLater: boolean): GatheredRun {
  const message = (role: string, text: string): Told => ['message', { role, text }]
  const use = (i: number): Told => [
    'usage',
    { input_tokens: 900 + 40 * i, output_tokens: 70, cost_usd: isLater ? 0.02 : 0.03, cost_basis: 'estimated' },
  ]
  const steps = Array.from({ length: isLater ? 60 : 40 }, (_, i) => [
    message('assistant', `Step ${String(i)}.`),
    use(i),
  ])
  return gathered('session', isLater ? 'Mend the parser, again' : 'Mend the parser', 'completed', [
    message('user', isLater ? 'Mend the parser, and test it.' : 'Mend the parser.'),
    ['task', { title: 'Read the parser', state: 'completed' }],
    ['task', { title: 'Mend the parser', state: isLater ? 'completed' : 'in_progress' }],
    ...steps.flat(),
    ...(isLater ? [['task', { title: 'Test it', state: 'completed' }] satisfies Told] : []),
    message('assistant', 'The parser reads all of it now.'),
  ])
}

function hostile(n: number): GatheredRun {
  const evil = `<img src=x onerror="alert(${String(n)})">\u202egnp.${'x'.repeat(2000)}`
  return gathered(
    'capture',
    evil,
    'constructor',
    [
      ['search_query', { query: evil, index: 0 }],
      ['search_result', { url: `javascript:alert(${String(n)})`, rank: 1, domain: evil, title: evil }],
      ['assistant_delta', { message_id: '__proto__', text: `${evil}\n<script>alert(${String(n)})</script>` }],
      ['log_line', { text: evil, stream: 'stdout', level: '"><b>' }],
    ],
    { prompt: evil, __proto__: evil, [evil]: [evil] },
  )
}
