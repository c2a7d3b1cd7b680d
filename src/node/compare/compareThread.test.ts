import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { temporaryFolder } from '../../../test/fakes/logs'
import { UserError } from '../../shared/userError'
import { compareInThread, type FromCompareThread } from './compareThread'

describe('the thread of a comparison', () => {
  const folder = temporaryFolder()

  /** A thread that does this, in place of the real one. */
  function script(body: string): string {
    const file = path.join(folder.path, 'thread.cjs')
    writeFileSync(file, `const { parentPort, workerData } = require('node:worker_threads')\n${body}\n`)
    return file
  }
  const says = (...messages: readonly (FromCompareThread | { type: string; comparison?: unknown })[]): string =>
    script(messages.map((message) => `parentPort.postMessage(${JSON.stringify(message)})`).join('\n'))
  const logs = { left: '/l.json', right: '/r.json' }

  it('tells how far it is, and what it found', async () => {
    const told: number[] = []
    const file = script(`
      parentPort.postMessage({ type: 'progress', done: 0.25 })
      parentPort.postMessage({ type: 'compared', comparison: workerData.left, swapped: workerData.right })
      setInterval(() => undefined, 1000)`)
    const found = await compareInThread(file, logs, { onProgress: (done) => told.push(done) })
    assert.deepEqual(found, { comparison: '/l.json', swapped: '/r.json' })
    assert.deepEqual(told, [0.25])
  })

  it('hands on what a person should know, and defects as such', async () => {
    await assert.rejects(
      compareInThread(says({ type: 'failed', message: 'gone', code: 'log_unreadable' }), logs),
      (error) => error instanceof UserError && error.code === 'log_unreadable' && error.message === 'gone',
    )
    await assert.rejects(
      compareInThread(says({ type: 'failed', message: 'oops' }), logs),
      (error) => error instanceof Error && !(error instanceof UserError) && error.message === 'oops',
    )
    await assert.rejects(compareInThread(script("throw new Error('broken')"), logs), /broken/)
    await assert.rejects(compareInThread(script(''), logs), /ended without a result/)
    await assert.rejects(compareInThread(path.join(folder.path, 'none.cjs'), logs), /none\.cjs/)
  })

  it('ends when nobody waits for it', async () => {
    const controller = new AbortController()
    const file = script("parentPort.postMessage({ type: 'progress', done: 0 }); setInterval(() => undefined, 1000)")
    const compared = compareInThread(file, logs, {
      signal: controller.signal,
      onProgress: () => {
        controller.abort(new Error('left'))
      },
    })
    await assert.rejects(compared, /left/)
    await assert.rejects(compareInThread(file, logs, { signal: controller.signal }), /left/)
  })
})
