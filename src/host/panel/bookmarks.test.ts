import assert from 'node:assert/strict'
import type * as vscode from 'vscode'
import { UserError } from '../../shared/userError'
import { bookmarksOf, keepBookmark } from './bookmarks'

function memoryOf(values: Map<string, unknown>): vscode.Memento {
  const get = (key: string, none?: unknown): unknown => values.get(key) ?? none
  const update = (key: string, value: unknown): Promise<void> => {
    values.set(key, structuredClone(value))
    return Promise.resolve()
  }
  return { keys: () => [...values.keys()], get, update } as vscode.Memento
}

describe('the bookmarks of a file', () => {
  const mark = (seq: number) => ({ how: 'add', bookmark: { seq, text: `line ${String(seq)}` } }) as const

  it('stay when one more would be too many, which is said', async () => {
    const all = Array.from({ length: 1000 }, (_, i) => mark(10 + i).bookmark)
    const memory = memoryOf(new Map([['tapedeck.bookmarks', [['/a.log', all]]]]))
    for (const seq of [5, 5000]) {
      await assert.rejects(
        keepBookmark(memory, '/a.log', mark(seq)),
        (error) => error instanceof UserError && error.code === 'too_many_markers',
      )
      assert.deepEqual(bookmarksOf(memory, '/a.log'), all)
    }
    assert.equal((await keepBookmark(memory, '/a.log', { how: 'remove', seq: 10 })).length, 999)
    assert.deepEqual((await keepBookmark(memory, '/a.log', mark(5)))[0], mark(5).bookmark)
    assert.equal((await keepBookmark(memory, '/b.log', mark(5))).length, 1)
  })
})
