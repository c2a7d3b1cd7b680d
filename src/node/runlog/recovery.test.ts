import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { logLines, startLog, temporaryFolder, testHead, type TestLog } from '../../../test/fakes/logs'
import type { RegistryEntry } from '../../shared/control'
import type { AnyEvent } from '../../shared/events/schema'
import { processStart } from '../machine/processIdentity'
import { commandEnvironment } from '../process/environment'
import { describeLostCommand, lostProcesses, stopLostCommand, type LostRun } from '../process/lostCommand'
import { checkFile } from './checkFile'
import { describeRun } from './history'
import { readEvents, readLogInfo } from './reader'
import { closeLostLog } from './recovery'

describe('the log of a launch whose recorder is lost', function () {
  const folder = temporaryFolder()
  const started: { child: ChildProcess; exited: Promise<unknown>; run: LostRun }[] = []

  before(function () {
    if (process.platform === 'win32') this.skip()
  })

  afterEach(async () => {
    for (const { run, exited } of started.splice(0)) {
      await stopLostCommand(run, { signal: 'SIGKILL', timeoutMs: 0 })
      await exited
    }
  })

  const broken = async (): Promise<{ log: TestLog; entry: RegistryEntry }> => {
    const log = startLog(folder.path, {}, testHead({ kind: 'launch' }))
    await log.emit(...logLines(3))
    await log.writer.abandon()
    appendFileSync(log.path, ',{"capture_id":"half a li')
    const fixed = { pid_start: '', boot: '', address: '', token: '', protocol: 1, tool_version: '0' }
    return { log, entry: { ...log.head, ...fixed, log_path: log.path } }
  }
  const launch = async (captureId: string, script: string): Promise<NonNullable<LostRun['child']>> => {
    const env = commandEnvironment({ captureId, env: {}, unbuffered: false })
    const child = spawn('/bin/sh', ['-c', script], { detached: true, env, stdio: ['ignore', 'pipe', 'ignore'] })
    const exited = once(child, 'exit')
    await once(child.stdout, 'data')
    const identity = { pid: child.pid ?? 0, start: processStart(child.pid ?? 0) ?? '' }
    started.push({ child, exited, run: { capture_id: captureId, child: identity } })
    return identity
  }
  const closed = async (log: TestLog, entry: RegistryEntry, restarted = false): Promise<AnyEvent[]> => {
    await closeLostLog({ entry, restarted, release: () => undefined, giveBack: () => undefined })
    assert.deepEqual((await checkFile(log.path)).violations, [])
    const events: AnyEvent[] = []
    for await (const event of readEvents(await readLogInfo(log.path))) events.push(event)
    return events.slice(3)
  }

  it('says that the command still lives and how to stop it, and it can be stopped', async () => {
    const { log, entry } = await broken()
    const child = await launch(entry.capture_id, 'trap "" INT TERM; echo ready; while :; do sleep 1000; done')
    const [left, error] = await closed(log, { ...entry, child })
    assert.equal(left?.phase, 'process')
    const pids = left.data['pids'] as number[]
    assert.equal(left.data['state'], 'left_behind')
    assert.equal(pids[0], child.pid)
    if (process.platform === 'linux') {
      const raw = left.data['raw'] as { pid: number; command: string }[]
      assert.deepEqual([raw[0]?.pid, raw[0]?.command.startsWith('/bin/sh -c ')], [child.pid, true])
    }
    assert.equal(error?.data['code'], 'recorder_lost')
    assert.match(
      String(error.data['message']),
      new RegExp(
        `The launched command \\(process ${String(child.pid)}\\) still ran .* To stop it: tapedeck stop [^ ]+, or kill ${String(child.pid)}`,
      ),
    )
    const run = await describeRun(log.path, undefined)
    assert.equal(run.state, 'aborted')
    assert.equal(run.metadata?.event_count, 5)
    assert.deepEqual(run.metadata.phase_counts, { log_line: 3, process: 1, error: 1 })
    assert.equal(run.metadata.error, error.data['message'])

    const result = await stopLostCommand(error.data['raw'] as LostRun, { timeoutMs: 50 })
    assert.ok(result.killed.includes(child.pid))
    assert.deepEqual(result.left, [])
    assert.deepEqual(await started[0]?.exited, [null, 'SIGKILL'])
    assert.deepEqual(lostProcesses({ ...entry, child }), [])
  })

  it('names what lives without its secrets', async function () {
    if (process.platform !== 'linux') this.skip()
    const { log, entry } = await broken()
    const secret = `sk-${'a1B2c3D4'.repeat(6)}`
    const child = await launch(entry.capture_id, `: OPENAI_API_KEY=${secret}; echo ready; while :; do sleep 1000; done`)
    const [left] = await closed(log, { ...entry, child })
    assert.match(JSON.stringify(left?.data['raw']), /\[redacted:/)
    assert.ok(!readFileSync(log.path, 'utf8').includes(secret))
    const redacted = (await describeRun(log.path, undefined)).metadata?.redacted ?? {}
    assert.ok(Object.values(redacted).some((count) => count > 0))
  })

  it('says that the command has ended', async () => {
    const { log, entry } = await broken()
    const child = await launch(entry.capture_id, 'echo ready')
    await started[0]?.exited
    const [error, ...more] = await closed(log, { ...entry, child })
    assert.deepEqual(more, [])
    assert.match(String(error?.data['message']), /The launched command has ended\.$/)
    assert.equal(error?.data['raw'], undefined)
  })

  it('finds what the command left behind, though the recorder never knew the command', async function () {
    if (process.platform !== 'linux') this.skip()
    const { log, entry } = await broken()
    await launch(entry.capture_id, 'setsid sleep 1000 >/dev/null & echo $!')
    await started[0]?.exited
    const [left, error] = await closed(log, entry)
    assert.equal((left?.data['pids'] as number[]).length, 1)
    assert.match(String(error?.data['message']), /has ended, but what it started \(process \d+\) still ran/)
    assert.equal((await stopLostCommand(error?.data['raw'] as LostRun, { timeoutMs: 50 })).left.length, 0)
    assert.deepEqual(lostProcesses(entry), [])
  })

  it('never takes somebody else for the command', async () => {
    const { log, entry } = await broken()
    const [error] = await closed(log, { ...entry, child: { pid: process.pid, start: 'another' } })
    assert.match(String(error?.data['message']), /has ended\.$/)
    const after = await broken()
    const [restarted] = await closed(after.log, { ...after.entry, child: { pid: 1, start: '0' } }, true)
    assert.equal(restarted?.data['code'], 'machine_restarted')
    assert.doesNotMatch(String(restarted.data['message']), /command/)
  })

  it('tells of the command beside another failure only when it still lives', async () => {
    const failure = { message: 'The disk is full.', code: 'disk_full' }
    const { log, entry } = await broken()
    const [error] = await closed(log, { ...entry, failure })
    assert.equal(error?.data['message'], 'The disk is full.')
    const alive = await broken()
    const child = await launch(alive.entry.capture_id, 'echo ready; exec sleep 1000')
    const [, both] = await closed(alive.log, { ...alive.entry, failure, child })
    assert.match(String(both?.data['message']), /^The disk is full\. The launched command \(process \d+\) still ran/)
    assert.equal((await describeRun(alive.log.path, undefined)).metadata?.status, 'failed')
  })

  it('tells who lives in words', () => {
    const run = { capture_id: 'x', child: { pid: 7, start: 's' } }
    assert.equal(
      describeLostCommand(run, [7, 8, 9], 'linux'),
      'The launched command (process 7) still ran when this log was closed, and so did what it started (processes 8, 9). ' +
        'What it prints is recorded no more. To stop it: tapedeck stop x, or kill 7 8 9',
    )
    assert.match(describeLostCommand(run, [7], 'win32'), /To stop it: tapedeck stop x, or taskkill \/T \/F \/PID 7$/)
  })
})
