import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { keepMarkers, markersOf } from './markers'

describe('markers of a run', () => {
  let folder: string
  let log: string
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tapedeck-markers-'))
    log = path.join(folder, 'x.json')
  })
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  it('are kept in its notes, beside what else is there', async () => {
    const notes = path.join(folder, 'x.notes.json')
    await writeFile(notes, JSON.stringify({ format: 'tapedeck-notes/1', title: 'Mine', later: [1] }))
    assert.deepEqual(await markersOf(log), [])
    await keepMarkers(log, [
      { seq: 4, time: 1000, name: 'deployed', text: 'a line' },
      { seq: 9, text: 'no name, no time' },
    ])
    assert.deepEqual(await markersOf(log), [
      { seq: 4, time: 1000, name: 'deployed', text: 'deployed' },
      { seq: 9, time: 0, name: 'no name, no time', text: 'no name, no time' },
    ])
    assert.deepEqual(Object.keys(JSON.parse(await readFile(notes, 'utf8')) as object).sort(), [
      'format',
      'later',
      'markers',
      'title',
    ])
    await keepMarkers(log, [])
    assert.deepEqual(JSON.parse(await readFile(notes, 'utf8')), {
      format: 'tapedeck-notes/1',
      title: 'Mine',
      later: [1],
    })
  })

  it('are never written over notes that nobody understands', async () => {
    await writeFile(path.join(folder, 'x.notes.json'), '{"format":"tapedeck-notes/9"}')
    await assert.rejects(markersOf(log), { code: 'bad_notes' })
    await assert.rejects(keepMarkers(log, [{ seq: 1, text: 'x' }]), { code: 'bad_notes' })
    assert.equal(await readFile(path.join(folder, 'x.notes.json'), 'utf8'), '{"format":"tapedeck-notes/9"}')
  })
})
