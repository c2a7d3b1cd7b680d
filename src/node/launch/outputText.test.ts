import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { startLog, temporaryFolder } from '../../../test/fakes/logs'
import type { EventDraft } from '../../shared/events/schema'
import { outputText, writeOutput } from './outputText'

const line = (text: string, stream: 'stdout' | 'stderr' | 'stdin' = 'stdout'): EventDraft => ({
  phase: 'log_line',
  data: { text, stream },
})

async function textOf(path: string): Promise<{ text: string; pieces: number }> {
  let text = ''
  let pieces = 0
  for await (const piece of outputText(path)) {
    assert.ok(piece.endsWith('\n'))
    text += piece
    pieces++
  }
  return { text, pieces }
}

describe('output as text', () => {
  const folder = temporaryFolder()

  it('holds the printed lines in order, without colours, what was typed and other events', async () => {
    const log = startLog(folder.path)
    await log.emit(
      { phase: 'process', data: { state: 'started', pid: 1 } },
      line('a \u001b[31mred\u001b[0m "word"'),
      line('', 'stderr'),
      line('typed', 'stdin'),
      { phase: 'line_update', data: { text: '50 %', stream: 'stdout' } },
      line('é 漢 😀', 'stderr'),
    )
    assert.equal((await textOf(log.path)).text, 'a red "word"\n\né 漢 😀\n')
    await log.finish()
    assert.equal((await textOf(log.path)).text, 'a red "word"\n\né 漢 😀\n')
  })

  it('comes in pieces', async () => {
    const log = startLog(folder.path)
    const lines = Array.from({ length: 3000 }, (_, i) => `${String(i)} ${'x'.repeat(90)}`)
    await log.emit(...lines.map((text) => line(text)))
    await log.finish()
    const { text, pieces } = await textOf(log.path)
    assert.equal(text, `${lines.join('\n')}\n`)
    assert.ok(pieces > 2)
  })

  it('of a run without output is nothing', async () => {
    const log = startLog(folder.path)
    await log.finish()
    assert.deepEqual(await textOf(log.path), { text: '', pieces: 0 })
  })

  it('is written whole or not at all', async () => {
    const log = startLog(folder.path)
    await log.emit(line('one'))
    await log.finish()
    const target = path.join(folder.path, 'out.txt')
    await writeOutput(log.path, target)
    assert.equal(readFileSync(target, 'utf8'), 'one\n')
    const gone = path.join(folder.path, 'gone', 'out.txt')
    await assert.rejects(writeOutput(log.path, gone), /out\.txt can't be written: /)
    await assert.rejects(writeOutput(log.path, target, AbortSignal.abort()), { name: 'AbortError' })
    assert.equal(readFileSync(target, 'utf8'), 'one\n')
    assert.deepEqual(
      readdirSync(folder.path).filter((name) => name.includes('partial')),
      [],
    )
  })
})
