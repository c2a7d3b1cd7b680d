import assert from 'node:assert/strict'
import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { logLines, startLog, temporaryFolder, testHead } from '../../../test/fakes/logs'
import { comparisonLines } from '../../runner/commands/comparisonLines'
import type { EventDraft, RunHead, RunMetadata } from '../../shared/events/schema'
import { changeNotes } from '../runlog/notes'
import { compareLogs } from './compareLogs'

describe('two logs compared', () => {
  const folder = temporaryFolder()

  async function logOf(
    drafts: readonly EventDraft[],
    head: Partial<RunHead> = {},
    status: RunMetadata['status'] | 'open' = 'completed',
  ): Promise<string> {
    const log = startLog(folder.path, {}, testHead({ kind: 'launch', ...head }))
    await log.emit(...drafts)
    if (status === 'open') await log.writer.flush()
    else await log.finish(status)
    return log.path
  }
  const printed = (text: string): EventDraft => ({ phase: 'log_line', data: { text, stream: 'stdout' } })

  const steps = (count: number): EventDraft[] =>
    Array.from({ length: count }, (_, i) => printed(`step ${String(i)} of ${String(count)}`))

  it('are read whole: lines, states, titles, and what can not be read', async () => {
    const left = await logOf([...steps(500), printed('only here')], { title: 'first' })
    const right = await logOf([...steps(500), printed('and here')], { title: 'second' }, 'failed')
    await changeNotes(right, (notes) => ({ ...notes, title: 'renamed' }))
    const comparison = await compareLogs(left, right)
    assert.deepEqual([comparison.left.title, comparison.right.title], ['first', 'renamed'])
    assert.deepEqual([comparison.left.state, comparison.right.state], ['completed', 'failed'])
    assert.deepEqual([comparison.left.event_count, comparison.right.event_count], [501, 501])
    assert.deepEqual(
      [
        comparison.lines?.only_left.map(({ pattern }) => pattern),
        comparison.lines?.only_right.map(({ right: one }) => one),
      ],
      [['only here'], [{ count: 1, seq: 500, sample: 'and here' }]],
    )
    const text = comparisonLines(comparison).join('\n')
    assert.match(text, /~ State +completed -> failed/)
    assert.match(text, /- 1× {2}only here/)
  })

  it('may still be written, or be damaged', async () => {
    const open = await logOf([printed('one'), printed('two')], {}, 'open')
    appendFileSync(open, ',{"capture_id":"half')
    const damaged = await logOf([printed('one')], {}, 'open')
    appendFileSync(damaged, ',{"capture_id":"x","seq":1,"timestamp":"2026\n,{"bad\n')
    const { left, right, notes } = await compareLogs(open, damaged)
    assert.deepEqual([left.event_count, left.damaged, right.event_count, right.damaged], [2, 0, 1, 2])
    assert.match(notes.join(' '), /The left run still goes on/)
    assert.match(notes.join(' '), /2 lines of the right log can't be read/)
  })

  it('may be one and the same', async () => {
    const log = await logOf(logLines(100))
    const { facts, lines, config } = await compareLogs(log, log)
    assert.ok(facts.every(({ same }) => same) && config.every(({ same }) => same))
    assert.deepEqual([lines?.only_left_count, lines?.only_right_count, lines?.changed_count], [0, 0, 0])
  })

  it('say which of them is not there, or is no log', async () => {
    const log = await logOf([printed('one')])
    const gone = path.join(folder.path, 'gone.json')
    await assert.rejects(compareLogs(log, gone), /gone\.json can't be read: there is no such file/)
    writeFileSync(gone, '{"some":"json"}\n')
    await assert.rejects(compareLogs(gone, log), /is not a run log of Tapedeck/)
    rmSync(gone)
  })

  it('are left as soon as nobody waits for them', async () => {
    const log = await logOf(logLines(20_000))
    const controller = new AbortController()
    const told: number[] = []
    await assert.rejects(
      compareLogs(log, log, {
        signal: controller.signal,
        onProgress: (done) => {
          told.push(done)
          controller.abort(new Error('not any more'))
        },
      }),
      /not any more/,
    )
    assert.equal(told.length, 1)
    assert.ok((told[0] ?? 2) >= 0 && (told[0] ?? 2) < 1)
  })

  it('show hostile text as it is, on one line', async () => {
    const evil = '\x1b]0;owned\x07<script>\u202e\r\n__proto__'
    const head = { title: evil, command: evil, args: [evil], env_names: ['constructor'] }
    const left = await logOf([{ phase: 'metric', data: { name: '__proto__', value: 1 } }, printed(evil)], head)
    const right = await logOf([{ phase: 'metric', data: { name: '__proto__', value: 2 } }])
    const comparison = await compareLogs(left, right)
    assert.equal(comparison.metrics?.[0]?.name, '__proto__')
    assert.equal(({} as Record<string, unknown>)['left'], undefined)
    const text = comparisonLines(comparison).join('\n')
    assert.match(text, /<script>/)
    // eslint-disable-next-line no-control-regex -- the terminal must not be told anything
    assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
  })
})
