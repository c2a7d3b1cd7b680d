import assert from 'node:assert/strict'
import type * as vscode from 'vscode'
import type { SavedFilter } from '../../shared/protocol/contract'
import { UserError } from '../../shared/userError'
import { deleteFilter, saveFilter, savedFilters } from './savedFilters'

function memoryOf(values = new Map<string, unknown>()): vscode.Memento {
  return {
    keys: () => [...values.keys()],
    get: (key: string) => values.get(key),
    update: (key: string, value: unknown) => {
      values.set(key, JSON.parse(JSON.stringify(value)))
      return Promise.resolve()
    },
  } as vscode.Memento
}

function filter(name: string, pattern = name): SavedFilter {
  return { name, text: { pattern, caseSensitive: false, wholeWord: true, regex: false }, levels: ['warn'] }
}

describe('saved filters', () => {
  it('are kept by name, one of a name, until they are deleted', async () => {
    const memory = memoryOf()
    await saveFilter(memory, filter('slow', 'took'))
    await saveFilter(memory, filter('errors'))
    assert.deepEqual(await saveFilter(memory, filter('slow', 'took \\d{3}')), [
      filter('errors'),
      filter('slow', 'took \\d{3}'),
    ])
    assert.deepEqual(await deleteFilter(memory, 'errors'), [filter('slow', 'took \\d{3}')])
    assert.deepEqual(await deleteFilter(memory, 'nothing'), savedFilters(memory))
  })

  it('are bounded, and say so', async () => {
    const memory = memoryOf()
    for (let i = 0; i < 100; i++) await saveFilter(memory, filter(`f${String(i)}`))
    await assert.rejects(saveFilter(memory, filter('more')), UserError)
    assert.equal((await saveFilter(memory, filter('f7', 'other'))).length, 100)
  })

  it('are none when what is kept is something else', () => {
    for (const kept of [undefined, 7, 'x', [{ name: '' }], { a: 1 }])
      assert.deepEqual(savedFilters(memoryOf(new Map([['tapedeck.filters', kept]]))), [])
  })
})
