import assert from 'node:assert/strict'
import { DeltaV1Decoder } from './deltaV1'

/** The document after these deltas, of the channel of the last one. */
function after(...deltas: unknown[]): unknown {
  const decoder = new DeltaV1Decoder()
  let document: unknown
  for (const delta of deltas) ({ document } = decoder.apply(delta))
  return document
}

function failures(...deltas: unknown[]): number[] {
  const decoder = new DeltaV1Decoder()
  return deltas.map((delta) => decoder.apply(delta).failed)
}

const begin = (value: unknown, c = 0): unknown => ({ p: '', o: 'add', v: value, c })

describe('DeltaV1Decoder', () => {
  it('inherits what is missing from the delta before, and the value never', () => {
    const decoder = new DeltaV1Decoder()
    decoder.apply(begin({ a: 'x' }))
    assert.deepEqual(decoder.apply({ p: '/a', o: 'append', v: 'y' }).document, { a: 'xy' })
    assert.deepEqual(decoder.apply({ v: 'z' }).document, { a: 'xyz' })
    assert.deepEqual(decoder.apply({ o: 'replace', v: 'w' }).document, { a: 'w' })
    assert.deepEqual(decoder.apply({ p: '/b', v: 1 }).document, { a: 'w', b: 1 })
    assert.deepEqual(decoder.apply({ p: '/c' }).document, { a: 'w', b: 1, c: undefined })
  })

  it('begins with an inherited add to the root of channel 0', () => {
    assert.deepEqual(after({ v: { a: 1 } }), { a: 1 })
  })

  it('keeps one document a channel; a frame with a channel moves those after it', () => {
    const decoder = new DeltaV1Decoder()
    decoder.apply(begin({ a: '' }, 1))
    decoder.apply({ v: { a: 'second' }, c: 5 })
    assert.deepEqual(decoder.apply({ p: '/a', o: 'append', v: '!' }).document, { a: 'second!' })
    assert.deepEqual(decoder.apply({ v: 'first', c: 1 }).document, { a: 'first' })
    assert.deepEqual(decoder.apply({ v: '!' }).document, { a: 'first!' })
  })

  it('applies a patch relative to its path, nested too, and its children change nothing inherited', () => {
    const decoder = new DeltaV1Decoder()
    decoder.apply(begin({ m: { a: 'x', list: [1] } }))
    const patch = [
      { p: '/a', o: 'append', v: 'y' },
      { p: '/list', o: 'patch', v: [{ p: '/0', o: 'replace', v: 2 }] },
    ]
    assert.deepEqual(decoder.apply({ p: '/m', o: 'patch', v: patch }).document, { m: { a: 'xy', list: [2] } })
    assert.deepEqual(decoder.apply({ v: [{ p: '/a', o: 'append', v: 'z' }] }).document, { m: { a: 'xyz', list: [2] } })
  })

  it('does not apply children of a patch without a path or an operation of their own', () => {
    const patch = { p: '', o: 'patch', v: [{ p: '/a', v: 1 }, { o: 'add', v: 2 }, { p: '/b', o: 'add', v: 3 }, 7] }
    const decoder = new DeltaV1Decoder()
    decoder.apply(begin({}))
    const { document, failed } = decoder.apply(patch)
    assert.deepEqual(document, { b: 3 })
    assert.equal(failed, 3)
  })

  it('adds: inserts into a list, sets elsewhere', () => {
    assert.deepEqual(after(begin({ l: [1, 3] }), { p: '/l/1', v: 2 }), { l: [1, 2, 3] })
    assert.deepEqual(after(begin({ l: [1] }), { p: '/l', v: 2 }), { l: 2 })
  })

  it('appends to a string, a list (each item of a list), an object; sets anything else', () => {
    const append = (before: unknown, v: unknown): unknown => after(begin({ a: before }), { p: '/a', o: 'append', v })
    assert.deepEqual(append('x', 'y'), { a: 'xy' })
    assert.deepEqual(append([1], 2), { a: [1, 2] })
    assert.deepEqual(append([1], [2, [3]]), { a: [1, 2, [3]] })
    assert.deepEqual(append({ x: 1 }, { y: 2 }), { a: { x: 1, y: 2 } })
    assert.deepEqual(append(null, 'y'), { a: 'y' })
    assert.deepEqual(append({ x: 1 }, 'y'), { a: 'y' })
  })

  it('truncates strings by UTF-16 units and lists by items', () => {
    assert.deepEqual(after(begin({ a: 'a👋b' }), { p: '/a', o: 'truncate', v: 3 }), { a: 'a👋' })
    assert.deepEqual(after(begin({ a: [1, 2, 3] }), { p: '/a', o: 'truncate', v: 1 }), { a: [1] })
  })

  it('removes items and keys', () => {
    assert.deepEqual(after(begin({ l: [1, 2], a: 1 }), { p: '/l/0', o: 'remove' }, { p: '/a' }), { l: [2] })
  })

  it('makes missing containers: lists before numbers, objects before names', () => {
    assert.deepEqual(after(begin({}), { p: '/a/0/b', o: 'append', v: 'x' }), { a: [{ b: 'x' }] })
    assert.deepEqual(after({ p: '/a/b', o: 'add', v: 1 }), { a: { b: 1 } })
  })

  it('unescapes segments, and needs no slash at the beginning', () => {
    assert.deepEqual(after(begin({}), { p: 'a~1b/~01', v: 1 }), { 'a/b': { '~1': 1 } })
    assert.deepEqual(after(begin({ l: {} }), { p: '/l/01', v: 1 }), { l: { '01': 1 } })
  })

  it('takes a whole message at any inherited path as a new document', () => {
    assert.deepEqual(
      after(begin({ message: { a: 1 } }), { p: '/message/a', o: 'append', v: 1 }, { v: { message: { b: 1 } }, c: 3 }),
      {
        message: { b: 1 },
      },
    )
  })

  it('takes a list of operations for a patch where no operation is named, and data for data', () => {
    const list = [{ p: '/a', o: 'append', v: 'y' }]
    assert.deepEqual(after(begin({ a: 'x' }), { p: '/a', o: 'append', v: '' }, { v: list }), { a: 'xy' })
    assert.deepEqual(after(begin({ l: [] }), { p: '/l', o: 'append', v: [{ q: 1 }] }, { v: [{ type: 'x' }] }), {
      l: [{ q: 1 }, { type: 'x' }],
    })
  })

  it('counts what it can’t apply and goes on', () => {
    const deltas = [
      begin({ a: 'x', l: [] }),
      ...[
        7,
        null,
        'x',
        { o: 'jump', p: '/a', v: 1 },
        { o: 'truncate', p: '/a', v: 'x' },
        { o: 'add', p: '/a/b', v: 1 },
      ],
      ...[
        { o: 'add', p: '/l/x', v: 1 },
        { o: 'add', p: '/l/99999999', v: 1 },
        { o: 'patch', p: '', v: 'x' },
      ],
      { o: 'add', p: `/${'a/'.repeat(100)}b`, v: 1 },
    ]
    assert.deepEqual(failures(...deltas), [0, ...deltas.slice(1).map(() => 1)])
    assert.deepEqual(after(...deltas, { o: 'append', p: '/a', v: '!' }), { a: 'x!', l: [] })
  })

  it('refuses paths into prototypes', () => {
    const paths = ['/__proto__/polluted', '/a/constructor/prototype/polluted', '/prototype', '/__proto__']
    for (const p of paths) assert.deepEqual(failures(begin({ a: {} }), { p, o: 'add', v: true }), [0, 1])
    after(begin({ a: {} }), { p: '/a', o: 'append', v: JSON.parse('{"__proto__":{"polluted":true}}') as unknown })
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
  })

  it('tells which places changed, from the root', () => {
    const decoder = new DeltaV1Decoder()
    decoder.apply(begin({ m: { t: '' } }))
    const { changes } = decoder.apply({
      p: '/m',
      o: 'patch',
      v: [
        { p: '/t', o: 'append', v: 'x' },
        { p: '/__proto__', o: 'add', v: 1 },
        { p: '/l/0', o: 'replace', v: 2 },
      ],
    })
    assert.deepEqual(changes, [
      { path: ['m', 't'], op: 'append', value: 'x' },
      { path: ['m', 'l', 0], op: 'replace', value: 2 },
    ])
  })
})
