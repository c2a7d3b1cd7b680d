import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { processStart } from '../machine/processIdentity'
import { environmentHas, listProc, parsePs, parsePsEnvironments, parseStat, systemProcesses } from './processList'

const stat = (name: string, state: string, threads = 1): string =>
  `42 (${name}) ${state} 7 40 39 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 ${String(threads)} 0 987654 0 0`

describe('the list of processes', () => {
  it('reads a process whatever its name is', () => {
    for (const name of ['sh', 'a b', ')) Z 1 1 (', '(sd-pam)', 'x) Z 1 2 3 4', '', 'line\nbreak']) {
      const entry = { pid: 42, ppid: 7, pgid: 40, session: 39, start: '987654' }
      assert.deepEqual(parseStat(stat(name, 'S')), entry)
    }
  })

  it('leaves zombies out, but not a program whose first thread has ended', () => {
    assert.equal(parseStat(stat('sh', 'Z')), undefined)
    assert.equal(parseStat(stat('sh', 'X')), undefined)
    assert.equal(parseStat(stat('sh', 'Z', 3))?.pid, 42)
    assert.equal(parseStat(stat('sh', 'T'))?.stopped, true)
    for (const broken of ['', '42', '42 (sh', '42 (sh) S 1', 'x (sh) S']) assert.equal(parseStat(broken), undefined)
  })

  it('reads what ps of macOS says, in any language', () => {
    const text = [
      '    1     0     1 Ss   Sat Nov  1 07:48:23 2026    ',
      '  501     1   501 Z+   Sat Nov 21 07:48:23 2026',
      '  502   501   400 T    Sa. 21 Nov 07:48:23 2026',
      'nonsense',
      '',
    ].join('\n')
    assert.deepEqual(parsePs(text), [
      { pid: 1, ppid: 0, pgid: 1, session: 0, start: 'Sat Nov  1 07:48:23 2026' },
      { pid: 502, ppid: 501, pgid: 400, session: 0, start: 'Sa. 21 Nov 07:48:23 2026', stopped: true },
    ])
  })

  it('finds a mark among the environments that ps shows, as a whole word only', () => {
    const lines = [
      '  10 /bin/sleep 5 A=1 MARK=abc B=2',
      '  11 node x MARK=abcd',
      '  12 node x XMARK=abc',
      '  13 node x MARK=abc',
      'MARK=abc',
    ]
    assert.deepEqual([...parsePsEnvironments(lines.join('\n'), 'MARK=abc')], [10, 13])
  })

  it('finds a mark in an environment, whole and exact', () => {
    const root = mkdtempSync(path.join(os.tmpdir(), 'tapedeck-proc-'))
    try {
      mkdirSync(path.join(root, '42'))
      const holds = (...variables: string[]): boolean => {
        writeFileSync(path.join(root, '42', 'environ'), variables.map((text) => `${text}\0`).join(''))
        return environmentHas(42, 'MARK=abc', root)
      }
      assert.equal(holds('MARK=abc'), true)
      assert.equal(holds('A=1', 'MARK=abc', 'B=2'), true)
      assert.equal(holds('XMARK=abc', 'MARK=abc'), true)
      assert.equal(holds('XMARK=abc'), false)
      assert.equal(holds('MARK=abcd'), false)
      assert.equal(holds('A=MARK=abc'), false)
      assert.equal(holds(), false)
      assert.equal(environmentHas(43, 'MARK=abc', root), false)
      writeFileSync(path.join(root, '42', 'stat'), stat('sh', 'S'))
      mkdirSync(path.join(root, '43'))
      mkdirSync(path.join(root, 'sys'))
      assert.deepEqual(
        listProc(root).map(({ pid }) => pid),
        [42],
      )
    } finally {
      rmSync(root, { recursive: true })
    }
  })

  it('shows real processes with the start that identifies them', async function () {
    if (process.platform === 'win32') this.skip()
    const own = systemProcesses.list().find(({ pid }) => pid === process.pid)
    assert.equal(own?.start, processStart(process.pid))
    assert.equal(own?.ppid, process.ppid)
    assert.equal(systemProcesses.isAlive({ pid: process.pid, start: own.start }), true)
    assert.equal(systemProcesses.isAlive({ pid: process.pid, start: '1' }), false)

    const child: ChildProcess = spawn('sleep', ['1000'], {
      detached: true,
      env: { ...process.env, TAPEDECK_TEST: 'a b' },
    })
    const ended = once(child, 'exit')
    const pid = child.pid ?? 0
    try {
      await once(child, 'spawn')
      const list = systemProcesses.list()
      const entry = list.find((candidate) => candidate.pid === pid)
      assert.equal(entry?.pgid, pid)
      assert.equal(entry.ppid, process.pid)
      assert.equal(systemProcesses.commandOf(pid), 'sleep 1000')
      if (process.platform === 'linux') {
        assert.equal(entry.session, pid)
        assert.deepEqual([...systemProcesses.carriers('TAPEDECK_TEST=a b', list)], [pid])
      }
    } finally {
      child.kill('SIGKILL')
    }
    await ended
    assert.ok(!systemProcesses.list().some((entry) => entry.pid === pid))
    assert.equal(systemProcesses.commandOf(pid), undefined)
  })
})
