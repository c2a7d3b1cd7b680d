import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { changeMarkers, markersOf } from './markers'

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
    await changeMarkers(log, { how: 'add', bookmark: { seq: 9, text: 'no name, no time' } })
    await changeMarkers(log, { how: 'add', bookmark: { seq: 4, time: 1000, name: 'deployed', text: 'a line' } })
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
    for (const seq of [4, 9]) await changeMarkers(log, { how: 'remove', seq })
    assert.deepEqual(JSON.parse(await readFile(notes, 'utf8')), {
      format: 'tapedeck-notes/1',
      title: 'Mine',
      later: [1],
    })
  })

  it('of two windows never take each other away, whoever knows what', async () => {
    const marker = (seq: number, name: string) => ({ seq, name, text: name, time: seq })
    const named = async () => (await markersOf(log)).map(({ seq, name }) => `${String(seq)} ${name ?? ''}`)
    await Promise.all(
      [5, 1, 3].map((seq) => changeMarkers(log, { how: 'add', bookmark: marker(seq, `m${String(seq)}`) })),
    )
    await changeMarkers(log, { how: 'rename', bookmark: marker(3, 'the costs') })
    // The other window has not seen that one yet, and marks the same row.
    await changeMarkers(log, { how: 'add', bookmark: marker(3, 'm3') })
    assert.deepEqual(await named(), ['1 m1', '3 the costs', '5 m5'])
    await changeMarkers(log, { how: 'remove', seq: 1 })
    await changeMarkers(log, { how: 'remove', seq: 1 })
    await changeMarkers(log, { how: 'rename', bookmark: marker(5, 'five') })
    assert.deepEqual(await named(), ['3 the costs', '5 five'])
  })

  it('are never so many that the notes can’t be read again', async () => {
    const markers = Array.from({ length: 1000 }, (_, seq) => ({ seq, time: 0, name: 'x' }))
    await writeFile(path.join(folder, 'x.notes.json'), JSON.stringify({ format: 'tapedeck-notes/1', markers }))
    const bookmark = { seq: 1000, text: 'x' }
    await assert.rejects(changeMarkers(log, { how: 'add', bookmark }), { code: 'too_many_markers' })
    await changeMarkers(log, { how: 'remove', seq: 0 })
    await changeMarkers(log, { how: 'add', bookmark })
    assert.equal((await markersOf(log)).length, 1000)
  })

  it('are never written over notes that nobody understands', async () => {
    await writeFile(path.join(folder, 'x.notes.json'), '{"format":"tapedeck-notes/9"}')
    await assert.rejects(markersOf(log), { code: 'bad_notes' })
    await assert.rejects(changeMarkers(log, { how: 'add', bookmark: { seq: 1, text: 'x' } }), { code: 'bad_notes' })
    assert.equal(await readFile(path.join(folder, 'x.notes.json'), 'utf8'), '{"format":"tapedeck-notes/9"}')
  })
})
