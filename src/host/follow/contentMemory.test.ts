import assert from 'node:assert/strict'
import type { Memento } from 'vscode'
import type { FollowedText } from '../../node/textfile/followedText'
import type { KnownContent } from '../../node/textfile/knownContents'
import { Emitter } from '../../shared/lib/emitter'
import { contentsOf, keepContents } from './contentMemory'

const noProblem = (error: unknown): void => {
  throw error
}

describe('the contents of followed files', () => {
  let kept: Map<string, unknown>
  let updates: number
  const memory = {
    get: (key: string, fallback: unknown) => kept.get(key) ?? fallback,
    update: (key: string, value: unknown) => {
      updates++
      // As the editor keeps it.
      kept.set(key, JSON.parse(JSON.stringify(value)))
      return Promise.resolve()
    },
  } as unknown as Memento
  const content = (seqBase: number, headBytes = 10): KnownContent => ({
    inode: '7',
    headBytes,
    headHash: 'abc',
    seqBase,
  })

  beforeEach(() => {
    kept = new Map()
    updates = 0
  })

  it('are kept when they change, of each file its own, and no more often', () => {
    const changed = new Emitter<unknown>()
    const files = [
      { path: '/a', state: { contents: [content(1)] } },
      { path: '/b', state: { contents: [] as KnownContent[] } },
    ]
    const store = { files, onDidChangeState: changed.event } as unknown as FollowedText
    const stop = keepContents(memory, store, noProblem)
    assert.deepEqual(contentsOf(memory, '/a'), [content(1)])
    for (let i = 0; i < 100; i++) changed.fire(undefined)
    assert.equal(updates, 1)
    files[0] = { path: '/a', state: { contents: [content(1, 20), content(2)] } }
    files[1] = { path: '/b', state: { contents: [content(3)] } }
    changed.fire(undefined)
    assert.deepEqual(contentsOf(memory, '/a'), [content(1, 20), content(2)])
    assert.deepEqual(contentsOf(memory, '/b'), [content(3)])
    stop()
    files[1] = { path: '/b', state: { contents: [content(4)] } }
    changed.fire(undefined)
    assert.deepEqual(contentsOf(memory, '/b'), [content(3)])
  })

  it('are bounded, and nothing where the memory holds something else', () => {
    for (let i = 0; i < 300; i++) {
      const files = [{ path: `/${String(i)}`, state: { contents: [content(i)] } }]
      const store = { files, onDidChangeState: () => () => undefined } as unknown as FollowedText
      keepContents(memory, store, noProblem)
    }
    assert.deepEqual(contentsOf(memory, '/0'), [])
    assert.deepEqual(contentsOf(memory, '/299'), [content(299)])
    for (const [key] of kept) kept.set(key, [['/299', [{ inode: 7 }]]])
    assert.deepEqual(contentsOf(memory, '/299'), [])
  })
})
