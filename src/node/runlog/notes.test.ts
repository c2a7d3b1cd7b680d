import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { changeNotes, notesPathOf, readNotes } from './notes'

describe('the notes of a run', () => {
  let folder: string
  let log: string

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tapedeck-notes-'))
    log = path.join(folder, '2026-11-20T03-30-05Z-abc123.json')
  })
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  it('are empty where nobody wrote any', async () => {
    assert.deepEqual(await readNotes(log), { format: 'tapedeck-notes/1' })
  })

  it('take changes that come at once one after the other, and leave nothing else', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        changeNotes(log, (notes) => ({ ...notes, tags: [...(notes.tags ?? []), `t${String(i)}`] })),
      ),
    )
    const { tags } = await readNotes(log)
    assert.deepEqual(
      tags,
      Array.from({ length: 20 }, (_, i) => `t${String(i)}`),
    )
    assert.deepEqual(readdirSync(folder), [path.basename(notesPathOf(log))])
  })

  it('keep what another window writes at the same time', async () => {
    let others = 0
    const written = await changeNotes(log, (notes) => {
      if (others++ < 2)
        writeFileSync(notesPathOf(log), JSON.stringify({ ...notes, pinned: true, title: `title ${String(others)}` }))
      return { ...notes, tags: ['a'] }
    })
    assert.deepEqual(written, { format: 'tapedeck-notes/1', pinned: true, title: 'title 2', tags: ['a'] })
    assert.deepEqual(await readNotes(log), written)
    assert.equal(readdirSync(folder).length, 1)
  })

  it('keep what a later version wrote', async () => {
    writeFileSync(notesPathOf(log), '{"format":"tapedeck-notes/1","title":"a","colour":"red"}')
    await changeNotes(log, (notes) => ({ ...notes, pinned: true }))
    assert.deepEqual(JSON.parse(readFileSync(notesPathOf(log), 'utf8')), {
      format: 'tapedeck-notes/1',
      title: 'a',
      colour: 'red',
      pinned: true,
    })
  })

  it('are left alone when they can not be understood', async () => {
    writeFileSync(notesPathOf(log), '{"format":"tapedeck-notes/1","title":')
    await assert.rejects(
      changeNotes(log, (notes) => ({ ...notes, pinned: true })),
      /Mend the file, or remove it/,
    )
    assert.equal(readFileSync(notesPathOf(log), 'utf8'), '{"format":"tapedeck-notes/1","title":')
    assert.equal(readdirSync(folder).length, 1)
  })
})
