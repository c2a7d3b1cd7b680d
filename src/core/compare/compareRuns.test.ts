import assert from 'node:assert/strict'
import { newSeed, Random } from '../../../test/fakes/random'
import { levelOf } from '../../shared/events/levels'
import type { AnyEvent, RunHead, RunKind } from '../../shared/events/schema'
import type { ComparedItem, ComparedSet } from '../../shared/protocol/compare'
import { compareRuns } from './compareRuns'
import { RunGatherer, type GatheredRun } from './gathered'

type Told = readonly [phase: string, data: Record<string, unknown>]

const START = Date.parse('2026-11-20T03:30:05.000Z')

function gathered(kind: RunKind, told: readonly Told[], more: Partial<RunHead> = {}): GatheredRun {
  const gatherer = new RunGatherer(kind)
  for (const [seq, [phase, data]] of told.entries()) {
    const level = levelOf(phase, data)
    const key = level === undefined ? phase : `${phase}:${level}`
    const timestamp = new Date(START + seq * 1000).toISOString()
    const event: AnyEvent = { capture_id: 'x', seq, timestamp, phase, data }
    if (gatherer.wants(phase)) gatherer.add(event, key)
    else gatherer.count(key, START + seq * 1000)
  }
  const head: RunHead = {
    capture_id: 'x',
    kind,
    title: kind,
    started_at: new Date(START).toISOString(),
    pid: 1,
    machine: 'here',
    tool: { name: 'tapedeck', version: '0.1.0' },
    ...more,
  }
  const { capture_id, title, started_at } = head
  const run = { capture_id, kind, title, started_at, state: 'completed', duration_ms: 1000, event_count: told.length }
  return gatherer.gathered({ ...run, damaged: 0 }, head, undefined)
}

const line = (text: string, level?: string): Told => [
  'log_line',
  { text, stream: 'stdout', ...(level === undefined ? {} : { level }) },
]
const source = (url: string): Told => ['search_result', { url, rank: 1, domain: 'd', title: url }]
const texts = (items: readonly ComparedItem[]): string[] => items.map(({ text }) => text)

describe('a comparison of two captures', () => {
  it('has their queries and sources as sets, whatever way they are written', () => {
    const left = gathered('capture', [
      ['search_query', { query: 'Tallest  tower', index: 0 }],
      ['search_query', { query: 'wood', index: 1 }],
      source('https://www.a.example/x/?utm_source=chat&id=1#part'),
      source('https://b.example/?fbclid=7'),
      ['citation', { url: 'http://a.example/x?id=1', index: 0 }],
    ])
    const right = gathered('capture', [
      ['search_query', { query: ' tallest tower ', index: 0 }],
      ['search_query', { query: 'TALLEST TOWER', index: 1 }],
      ['search_query', { query: 'steel', index: 2 }],
      source('http://a.example/x?id=1&gclid=abc'),
      source('https://c.example/x?id=2'),
    ])
    const { queries, sources } = compareRuns(left, right)
    assert.ok(queries !== undefined && sources !== undefined)
    assert.deepEqual(queries.both, [{ text: 'Tallest  tower', left: { seq: 0 }, right: { seq: 0 } }])
    assert.deepEqual([texts(queries.only_left), texts(queries.only_right)], [['wood'], ['steel']])
    assert.deepEqual(
      sources.both.map(({ url, left: a, right: b }) => [url, a, b]),
      [['https://www.a.example/x/?utm_source=chat&id=1#part', { seq: 2, cited: true }, { seq: 3 }]],
    )
    assert.deepEqual(
      [texts(sources.only_left), texts(sources.only_right)],
      [['https://b.example/?fbclid=7'], ['https://c.example/x?id=2']],
    )
  })

  it('parts every set into three, and turns around with its sides', () => {
    const seed = newSeed()
    const random = new Random(seed)
    const urls = Array.from({ length: 30 }, (_, i) => `https://${'abcdefgh'.charAt(i % 8)}.example/${String(i % 13)}`)
    const words = ['a', 'B', 'b ', '__proto__', 'constructor', '', 'ﬁ', 'fi', '<b>']
    for (let round = 0; round < 50; round++) {
      const make = (): GatheredRun =>
        gathered(
          'capture',
          Array.from({ length: random.below(40) }, (_, i) =>
            random.below(2) === 0
              ? source(random.pick(urls) + random.pick(['', '/', '#x', '?utm_a=1']))
              : ['search_query', { query: random.pick(words), index: i }],
          ),
        )
      const [left, right] = [make(), make()]
      const [there, back] = [compareRuns(left, right), compareRuns(right, left)]
      for (const name of ['queries', 'sources'] as const) {
        const [a, b] = [there[name], back[name]]
        assert.ok(a !== undefined && b !== undefined)
        check(a, `TAPEDECK_SEED=${String(seed)}`)
        assert.deepEqual(texts(a.only_left).sort(), texts(b.only_right).sort(), `TAPEDECK_SEED=${String(seed)}`)
        assert.equal(a.both.length, b.both.length)
      }
    }
  })

  function check({ only_left, both, only_right }: ComparedSet, seed: string): void {
    for (const item of only_left) assert.ok(item.left !== undefined && item.right === undefined, seed)
    for (const item of both) assert.ok(item.left !== undefined && item.right !== undefined, seed)
    for (const item of only_right) assert.ok(item.left === undefined && item.right !== undefined, seed)
    const seqs = [...only_left, ...both].map(({ left }) => left?.seq)
    assert.equal(new Set(seqs).size, seqs.length, seed)
  }

  it('holds the first answer against the first', () => {
    const delta = (text: string, message_id: string): Told => ['assistant_delta', { text, message_id }]
    const { answers } = compareRuns(
      gathered('capture', [delta('The tower is ', 'a'), delta('old.', 'a'), delta('Bye', 'b')]),
      gathered('capture', [delta('The tower is new.', 'z')]),
    )
    assert.deepEqual(
      answers?.map(({ parts }) => parts),
      [
        [
          { side: 'both', text: 'The tower is ' },
          { side: 'left', text: 'old' },
          { side: 'right', text: 'new' },
          { side: 'both', text: '.' },
        ],
        [{ side: 'left', text: 'Bye' }],
      ],
    )
  })

  it('has facts with what differs, and how much', () => {
    const usage = (tokens: number): Told => [
      'usage',
      { input_tokens: tokens, output_tokens: 10, cost_basis: 'unknown' },
    ]
    const { facts } = compareRuns(
      gathered('capture', [usage(100), ['error', { message: 'x', fatal: true }]]),
      gathered('capture', [usage(125), ['browser_status', { status: 'page_loaded', model: 'm' }]]),
    )
    const fact = (name: string) => facts.find((one) => one.name === name)
    assert.deepEqual(fact('Tokens in'), { name: 'Tokens in', left: '100', right: '125', same: false, change: '+25 %' })
    assert.deepEqual(fact('Tokens out'), { name: 'Tokens out', left: '10', right: '10', same: true })
    assert.deepEqual(fact('Model'), { name: 'Model', right: 'm', same: false })
    assert.deepEqual(fact('Errors'), { name: 'Errors', left: '1', right: '0', same: false, change: '\u2212100 %' })
  })
})

describe('a comparison of two launches', () => {
  it('has lines that are new, vanished or more often, the worst first', () => {
    const left = gathered('launch', [
      line('epoch 1 of 3'),
      line('epoch 2 of 3'),
      line('warming up'),
      line('no cache', 'warn'),
    ])
    const right = gathered('launch', [
      line('epoch 1 of 3'),
      line('saved 12 files'),
      line('saved 13 files'),
      line('no cache', 'warn'),
      line('out of memory', 'error'),
    ])
    const { lines } = compareRuns(left, right)
    assert.deepEqual(lines, {
      only_left: [{ pattern: 'warming up', left: { count: 1, seq: 2, sample: 'warming up' } }],
      only_left_count: 1,
      only_right: [
        { pattern: 'out of memory', level: 'error', right: { count: 1, seq: 4, sample: 'out of memory' } },
        { pattern: 'saved # files', right: { count: 2, seq: 1, sample: 'saved 12 files' } },
      ],
      only_right_count: 2,
      changed: [
        {
          pattern: 'epoch # of #',
          left: { count: 2, seq: 0, sample: 'epoch 1 of 3' },
          right: { count: 1, seq: 0, sample: 'epoch 1 of 3' },
        },
      ],
      changed_count: 1,
      same_count: 1,
      lines: { left: 4, right: 5 },
    })
  })

  it('has its configuration entry by entry, and the environment as a set', () => {
    const head = {
      command: 'python',
      args: ['train.py', '--lr', '0.1'],
      cwd: '/w',
      env_names: ['B', 'A'],
      rerun_of: 'y',
    }
    const { config } = compareRuns(
      gathered('launch', [], head),
      gathered('launch', [], {
        ...head,
        args: ['train.py', '--lr', '0.2', '-v'],
        env_names: ['A', 'C', 'B'],
        extra: { a: 1 },
      }),
    )
    const of = (name: string) => config.find((entry) => entry.name === name)
    assert.equal(of('Command')?.same, true)
    assert.deepEqual(of('Arguments'), {
      name: 'Arguments',
      same: false,
      parts: [
        { side: 'both', text: 'train.py' },
        { side: 'both', text: '--lr' },
        { side: 'left', text: '0.1' },
        { side: 'right', text: '0.2' },
        { side: 'right', text: '-v' },
      ],
    })
    assert.deepEqual(
      of('Environment')?.parts.map(({ side, text }) => `${side} ${text}`),
      ['both A', 'both B', 'right C'],
    )
    assert.deepEqual(of('extra')?.parts, [{ side: 'right', text: '{"a":1}' }])
    assert.equal(of('rerun_of'), undefined)
  })

  it('overlays metrics of one axis, thinned, and keeps their peaks', () => {
    const loss = (n: number, step: boolean): Told[] =>
      Array.from({ length: n }, (_, i) => [
        'metric',
        { name: 'loss', value: i === 777 ? 99 : 1, ...(step ? { step: i } : {}) },
      ])
    const { metrics } = compareRuns(
      gathered('launch', [...loss(1800, true), ['metric', { name: 'alone', value: 1 }]]),
      gathered('launch', loss(5, true)),
    )
    assert.deepEqual(
      metrics?.map(({ name, x }) => [name, x]),
      [
        ['loss', 'step'],
        ['alone', 'time'],
      ],
    )
    const points = metrics[0]?.left?.points ?? []
    assert.ok(points.length <= 800 && points.some(([x, value]) => x === 777 && value === 99))
    assert.ok(points.every(([x], i) => i === 0 || x > (points[i - 1]?.[0] ?? 0)))
    const mixed = compareRuns(gathered('launch', loss(3, true)), gathered('launch', loss(3, false)))
    assert.equal(mixed.metrics?.[0]?.x, undefined)
  })

  it('tells of two sessions what was said message by message, within a bound, and the tasks by how they stand', () => {
    const say = (role: string, text: string): Told => ['message', { role, text }]
    const task = (title: string, state: string): Told => ['task', { title, state }]
    const { conversation, tasks } = compareRuns(
      gathered('session', [say('user', 'Mend it.'), task('Mend', 'in_progress'), say('assistant', 'Done.')]),
      gathered('session', [say('user', 'Mend it.'), task('Mend', 'completed'), say('assistant', 'Tested.')]),
    )
    assert.deepEqual(conversation?.parts, [
      { side: 'both', text: 'user:\nMend it.\n\nassistant:\n' },
      { side: 'left', text: 'Done.\n' },
      { side: 'right', text: 'Tested.\n' },
      { side: 'both', text: '\n' },
    ])
    assert.deepEqual([tasks?.only_left.map(({ detail }) => detail), tasks?.both], [['in progress'], []])
    const long = Array.from({ length: 30 }, () => say('user', 'x'.repeat(20_000)))
    const cut = compareRuns(gathered('session', long), gathered('session', long)).conversation
    // 30 messages with their roles, of which 200,000 characters are compared.
    assert.deepEqual([cut?.same, cut?.cut?.left], [false, 30 * 20_008 - 200_000])
    const bad = compareRuns(
      gathered('session', [['message', { role: 7, text: 7 }]]),
      gathered('session', []),
    ).conversation
    assert.deepEqual(bad, { parts: [], same: true })
    assert.equal(compareRuns(gathered('session', []), gathered('capture', [])).conversation, undefined)
  })

  it('overlays what two sessions used over time, also where one of them did not', () => {
    const use: Told = ['usage', { input_tokens: 5, output_tokens: 1, cost_usd: 0.5, cost_basis: 'recorded' }]
    const { metrics } = compareRuns(gathered('session', [use, use]), gathered('session', [use, use, use]))
    assert.deepEqual(
      metrics?.map(({ name, left, right }) => [name, left?.last, right?.last]),
      [
        ['input tokens an hour', 600, 900],
        ['output tokens an hour', 120, 180],
        ['cost so far', 1, 1.5],
      ],
    )
    assert.equal(compareRuns(gathered('session', [use, use]), gathered('session', [])).metrics?.[2]?.right, undefined)
    assert.equal(compareRuns(gathered('session', []), gathered('session', [])).metrics, undefined)
  })

  it('says that lines past the bound of patterns are not compared', () => {
    const word = (i: number): string => String(i).replace(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit)))
    const many = Array.from({ length: 5500 }, (_, i) => line(word(i)))
    const { notes, lines } = compareRuns(gathered('launch', many), gathered('launch', [line('x')]))
    assert.deepEqual(lines?.left_out, { left: 500, right: 0 })
    assert.match(notes.join(' '), /500 of 5,500 lines of the left run are not compared/)
    assert.deepEqual([lines.only_left.length, lines.only_left_count], [200, 5000])
  })
})

describe('a comparison of runs of two kinds', () => {
  it('compares lines only where both have them', () => {
    const [printed, silent] = [[line('x')], []]
    assert.ok(compareRuns(gathered('launch', printed), gathered('stream', printed)).lines !== undefined)
    assert.equal(compareRuns(gathered('launch', printed), gathered('capture', silent)).lines, undefined)
    assert.ok(compareRuns(gathered('launch', silent), gathered('launch', silent)).lines !== undefined)
    assert.equal(compareRuns(gathered('capture', silent), gathered('capture', silent)).lines, undefined)
  })

  it('says so, and compares what both have', () => {
    const kinds: RunKind[] = ['capture', 'launch', 'follow', 'session', 'stream', 'ingest']
    for (const a of kinds)
      for (const b of kinds) {
        const { notes, facts, queries, metrics } = compareRuns(gathered(a, []), gathered(b, []))
        assert.equal(
          notes.some((note) => note.startsWith('These runs are of two kinds')),
          a !== b,
        )
        assert.ok(facts.some(({ name }) => name === 'Duration'))
        if (a !== b) {
          const alone = [...facts.filter(({ left, right }) => left === undefined || right === undefined)]
          assert.deepEqual(alone, [])
        }
        assert.equal(queries !== undefined, a === 'capture' && b === 'capture')
        assert.equal(metrics !== undefined, a === 'launch' && b === 'launch')
      }
  })
})
