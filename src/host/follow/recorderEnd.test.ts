import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { logLines, startLog, temporaryFolder, testHead, type TestLog } from '../../../test/fakes/logs'
import { ControlServer } from '../../node/control/server'
import { bootId, machineId, processStart } from '../../node/machine/processIdentity'
import type { RegistryEntry } from '../../shared/control'
import { recorderEnd } from './recorderEnd'

describe('the end of a recorder', () => {
  const folder = temporaryFolder()
  const head = testHead({ kind: 'follow' })
  let recorder: ChildProcess
  let server: ControlServer | undefined
  let recoveries = 0

  /** A process that does nothing in place of the recorder; its socket is ours. */
  beforeEach(async () => {
    recoveries = 0
    recorder = spawn(process.execPath, ['-e', 'process.stdin.resume()'])
    await once(recorder, 'spawn')
  })
  afterEach(async () => {
    recorder.kill('SIGKILL')
    await server?.close()
    server = undefined
  })

  const address = (): string => path.join(folder.path, 's')
  const entry = (): RegistryEntry => ({
    ...head,
    log_path: path.join(folder.path, 'runs', `${head.capture_id}.json`),
    pid: recorder.pid ?? 0,
    pid_start: processStart(recorder.pid ?? 0) ?? '',
    machine: machineId(),
    boot: bootId(),
    address: address(),
    token: 'a token',
    protocol: 1,
    tool_version: '0',
  })
  const listen = async (): Promise<void> => {
    server = await ControlServer.listen(address(), head.capture_id, 'a token', {
      stop: () => undefined,
      mark: () => undefined,
    })
  }
  const startedLog = async (): Promise<TestLog> => {
    const log = startLog(folder.path, {}, head)
    await log.emit(...logLines(3))
    return log
  }
  const end = (signal = new AbortController().signal) => recorderEnd(entry(), () => recoveries++, signal)
  const killed = async (): Promise<void> => {
    const gone = once(recorder, 'exit')
    recorder.kill('SIGKILL')
    await gone
    await server?.close()
    server = undefined
  }

  for (const hasLog of [false, true]) {
    it(`is told when it is killed ${hasLog ? 'with an open log, which is then closed' : 'before it has a log'}`, async () => {
      await listen()
      const log = hasLog ? await startedLog() : undefined
      const ending = end()
      await killed()
      const told = await ending
      assert.match(told?.error ?? '', /^The recorder \(process \d+\) ended without a word\.$/)
      assert.equal(recoveries, 1)
      await log?.finish()
    })
  }

  it('is told of one that was gone before anybody asked', async () => {
    const gone = entry()
    await killed()
    const told = await recorderEnd(gone, () => recoveries++, new AbortController().signal)
    assert.match(told?.error ?? '', /without a word/)
  })

  it('is what its log says, also when nobody answers any more', async () => {
    const log = await startedLog()
    await log.finish()
    assert.deepEqual(await end(), { isFull: false })
    assert.equal(recoveries, 0)
  })

  it('is not taken for granted while the process lives', async () => {
    await listen()
    let isOver = false
    const ending = end().then((told) => {
      isOver = true
      return told
    })
    // The connection alone breaks.
    await server?.close()
    const log = await startedLog()
    assert.equal(isOver, false)
    await log.finish()
    assert.deepEqual(await ending, { isFull: false })
  })

  it('is waited for no longer than asked, with no connection left', async () => {
    await listen()
    const asked = new AbortController()
    const ending = end(asked.signal)
    asked.abort()
    assert.equal(await ending, undefined)
    assert.equal(await end(asked.signal), undefined)
    // It would wait for its viewers.
    await server?.close()
    server = undefined
  })
})
