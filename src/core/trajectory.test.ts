import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { bestFirst, trajectoryEntry, trajectoryOf } from './trajectory'

declare const __PROJECT_ROOT__: string

const sample = path.join(
  __PROJECT_ROOT__,
  'test/fixtures/rollouts/results/01_agent_eval_20261001-220000/trajectories/sample_0001.jsonl',
)
const of = (value: unknown): ReturnType<typeof trajectoryOf> => trajectoryOf(JSON.stringify(value), 0)

describe('trajectories', () => {
  it('are read from a file of rollouts', () => {
    const [line = '', last] = readFileSync(sample, 'utf8').split('\n')
    assert.equal(last, '')
    assert.deepEqual(trajectoryEntry(line, 0), { line: 0, title: '2+2?', reward: 1, messages: 2 })
    assert.deepEqual(trajectoryOf(line, 0), {
      line: 0,
      title: '2+2?',
      reward: 1,
      messages: 2,
      turns: [
        { role: 'user', text: '2+2?' },
        { role: 'assistant', text: '4' },
      ],
      metadata: '{\n  "turns_used": 1\n}',
    })
    assert.equal(trajectoryEntry('  ', 1), undefined)
  })

  it('tell what is wrong with a line, and keep it', () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ['{"messages":[{"role":"us', /^it is not JSON \(.+\)\.$/],
      ['hello', /^it is not JSON/],
      ['[1]', /not an object/],
      ['null', /not an object/],
      ['{"reward":1}', /no `messages`/],
      ['{"messages":"x","reward":1}', /not a list/],
      ['', /empty/],
    ]
    for (const [line, problem] of cases) {
      const trajectory = trajectoryOf(line, 4)
      assert.match(trajectory.problem ?? '', problem, line)
      assert.deepEqual([trajectory.raw, trajectory.turns, trajectory.title], [line, [], 'Line 5'])
      if (line !== '') assert.equal(trajectoryEntry(line, 4)?.problem, trajectory.problem)
    }
    assert.equal(trajectoryOf('{"reward":1}', 0).reward, 1)
    assert.equal(of({ messages: [] }).raw, undefined)
  })

  it('show a message that is none as it is', () => {
    assert.deepEqual(of({ messages: [3, null, 'x', {}, { role: 7, content: 5 }] }).turns, [
      { role: 'unreadable', text: '3' },
      { role: 'unreadable', text: 'null' },
      { role: 'unreadable', text: 'x' },
      { role: 'unknown', text: '' },
      { role: 'unknown', text: '5' },
    ])
  })

  it('have tool calls of every spelling', () => {
    const { turns } = of({
      messages: [
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: '1', function: { name: 'add', arguments: '{"a":1}' } },
            { name: 'bash', arguments: 'ls' },
            5,
          ],
        },
        { role: 'assistant', content: 'x', function_call: { name: 'f', arguments: '{broken' } },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm' },
            { type: 'text', text: 'now' },
            { type: 'tool_use', name: 'read', input: { path: 'a' } },
          ],
        },
        {
          role: 'user',
          content: [{ type: 'tool_result', content: [{ type: 'text', text: 'done' }] }, { type: 'image_url' }],
        },
        { role: 'assistant', reasoning_content: 'why', content: 'what', reward: 0.5 },
        { role: 'user', content: [{ type: 'odd', x: 1 }] },
      ],
    })
    assert.deepEqual(turns, [
      {
        role: 'assistant',
        text: '',
        tool_calls: [
          { name: 'add', input: '{\n  "a": 1\n}' },
          { name: 'bash', input: 'ls' },
          { name: 'unreadable', input: '5' },
        ],
      },
      { role: 'assistant', text: 'x', tool_calls: [{ name: 'f', input: '{broken' }] },
      { role: 'assistant', text: 'hm\nnow', tool_calls: [{ name: 'read', input: '{\n  "path": "a"\n}' }] },
      { role: 'user', text: 'done\n(image)' },
      { role: 'assistant', text: 'why\n\nwhat', reward: 0.5 },
      { role: 'user', text: '{\n  "type": "odd",\n  "x": 1\n}' },
    ])
  })

  it('have rewards as a number, a list or by name', () => {
    const messages = [
      { role: 'user', content: 'q' },
      { role: 'assistant', content: 'a' },
      { role: 'assistant', content: 'b' },
    ]
    const rewards = (fields: object): unknown => {
      const { reward, rewards: named, turns } = of({ messages, ...fields })
      return [reward, named, turns.map((turn) => turn.reward)]
    }
    const none = [undefined, undefined, undefined]
    assert.deepEqual(rewards({ reward: 2, rewards: 1 }), [2, undefined, none])
    assert.deepEqual(rewards({ rewards: { reward: 3, x: 1 } }), [3, { reward: 3, x: 1 }, none])
    assert.deepEqual(rewards({ rewards: { x: 1, y: 2 } }), [3, { x: 1, y: 2 }, none])
    assert.deepEqual(rewards({ rewards: [1, 2] }), [3, { '#1': 1, '#2': 2 }, [undefined, 1, 2]])
    assert.deepEqual(rewards({ rewards: [1, 2, 3] }), [6, { '#1': 1, '#2': 2, '#3': 3 }, [1, 2, 3]])
    assert.deepEqual(rewards({ rewards: [1, 2, 3, 4] }), [10, { '#1': 1, '#2': 2, '#3': 3, '#4': 4 }, none])
    for (const value of [null, 'x', [], {}, ['x'], true])
      assert.deepEqual(rewards({ rewards: value }), [undefined, undefined, none])
    assert.equal(
      trajectoryOf('{"messages":[{"role":"user","content":"NaN \\" Infinity"}],"reward":NaN,"rewards":-Infinity}', 0)
        .problem,
      undefined,
    )
    assert.equal(trajectoryOf('{"messages":[{"role":"user","content":"NaN"}],"reward":NaN}', 0).turns[0]?.text, 'NaN')
  })

  it('are named by what they say of themselves', () => {
    const messages = [
      { role: 'system', content: 's' },
      { role: 'user', content: `a\n b ${'x'.repeat(500)}` },
    ]
    assert.equal(of({ id: 7, messages }).title, '7')
    assert.equal(of({ messages, metadata: { sample_id: 's1' } }).title, 's1')
    assert.equal(of({ messages }).title, `a b ${'x'.repeat(116)}…`)
    assert.equal(
      of({ prompt: [{ role: 'user', content: 'p' }], completion: [{ role: 'assistant', content: 'c' }] }).messages,
      2,
    )
  })

  it('stand with the best reward first', () => {
    const entries = [undefined, 1, 3, undefined, 3, -1].map((reward, line) => ({
      line,
      title: '',
      messages: 0,
      ...(reward === undefined ? {} : { reward }),
    }))
    assert.deepEqual(
      entries.sort(bestFirst).map(({ line }) => line),
      [2, 4, 1, 5, 0, 3],
    )
  })

  it('stay bounded and quick, however long a line is', () => {
    const long = 'x'.repeat(3_000_000)
    const start = performance.now()
    const trajectory = of({
      messages: Array.from({ length: 20_000 }, () => ({ role: 'user', content: 'y' })).concat({
        role: 'user',
        content: long,
      }),
      metadata: { long },
    })
    assert.equal(trajectory.turns.length, 5001)
    assert.match(trajectory.turns.at(-1)?.text ?? '', /^15001 more/)
    assert.ok((trajectory.metadata ?? '').length < 101_000)
    assert.ok((trajectoryOf(`{"x":"${long}`, 0).raw ?? '').length < 101_000)
    assert.match(trajectoryOf(`{"a":NaN,"${'\\"'.repeat(1_000_000)}`, 0).problem ?? '', /not JSON/)
    assert.match(trajectoryOf(`NaN${'"'.repeat(1_000_001)}`, 0).problem ?? '', /not JSON/)
    assert.ok(performance.now() - start < 5000)
  })

  it('survive any cut of a line', () => {
    const line = readFileSync(sample, 'utf8').trim()
    for (let end = 1; end < line.length; end++) {
      const part = trajectoryOf(line.slice(0, end), 0)
      assert.ok(part.problem !== undefined && part.raw === line.slice(0, end))
    }
  })
})
