import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import * as vscode from 'vscode'
import { leasedLogs } from '../../src/node/control/openLogs'
import { commands, viewTypes } from '../../src/shared/manifest'
import { writePastRun } from '../fakes/history'
import { person } from './person'

const DAY = 86_400_000

describe('past runs', () => {
  const user = person()
  const made: string[] = []
  const directory = (): string => {
    const [folder] = vscode.workspace.workspaceFolders ?? []
    assert.ok(folder)
    return path.join(folder.uri.fsPath, '.tapedeck')
  }
  const logOf = (id: string): string => path.join(directory(), 'runs', `${id}.json`)
  const notesOf = (id: string): Record<string, unknown> => {
    const file = logOf(id).replace('.json', '.notes.json')
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : {}
  }
  const past = (title: string, daysAgo = 3): string => {
    const id = writePastRun(directory(), { startedMs: Date.now() - daysAgo * DAY, title })
    made.push(id)
    return id
  }
  const run = (command: string, ...args: readonly unknown[]): Thenable<unknown> =>
    vscode.commands.executeCommand(command, ...args)
  const until = async (what: string, holds: () => boolean): Promise<void> => {
    for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
      if (holds()) return
      await delay(20)
    }
    throw new Error(`not within 10 s: ${what}`)
  }
  const tabs = (): string[] => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label))

  after(async () => {
    await run('workbench.action.closeAllEditors')
    for (const id of made)
      for (const end of ['.json', '.notes.json']) rmSync(logOf(id).replace('.json', end), { force: true })
  })

  it('are renamed in the notes and in the panel, not in the log', async () => {
    const id = past('as recorded')
    const before = readFileSync(logOf(id), 'utf8')
    await run(commands.openRun, id)
    await until('the panel', () => tabs().includes('as recorded'))
    user.type = '  my title '
    await run(commands.renameRun, id)
    assert.equal(user.asked, 1)
    assert.equal(notesOf(id)['title'], 'my title')
    await until('the new title', () => tabs().includes('my title'))
    await run(commands.renameRun, id, 'by code')
    assert.equal(user.asked, 1)
    await until('the title by code', () => tabs().includes('by code'))
    user.type = ''
    await run(commands.renameRun, id)
    assert.equal(notesOf(id)['title'], undefined)
    await until('the recorded title', () => tabs().includes('as recorded'))
    user.type = undefined
    await run(commands.renameRun, id)
    assert.equal(readFileSync(logOf(id), 'utf8'), before)
  })

  it('are shown in the Runs view where a filter hides them, and its keys are about the one that is selected there', async () => {
    const id = past('far down', 5)
    await run(commands.filterRuns, { text: 'nothing is called so' })
    await run(commands.showInRuns, id)
    await run(commands.renameRun, { selected: true }, 'found there')
    assert.equal(notesOf(id)['title'], 'found there')
  })

  it('are pinned and tagged, one and many, and the other notes stay', async () => {
    const [a, b] = [past('a'), past('b')]
    await run(commands.pinRun, [a, b])
    await run(commands.tagRun, a, ['paper', 'final'])
    await run(commands.tagRun, a, ['final', 'late'])
    assert.deepEqual([notesOf(a)['pinned'], notesOf(a)['tags']], [true, ['paper', 'final', 'late']])
    assert.deepEqual(notesOf(b)['tags'], undefined)
    await run(commands.unpinRun, a)
    assert.deepEqual([notesOf(a)['pinned'], notesOf(b)['pinned']], [undefined, true])
    assert.deepEqual(notesOf(a)['tags'], ['paper', 'final', 'late'])
  })

  it('give their paths and ids to the clipboard', async () => {
    const [a, b] = [past('a'), past('b')]
    await run(commands.copyRunId, [a, b])
    assert.equal(await vscode.env.clipboard.readText(), `${a}\n${b}`)
    await run(commands.copyRunPath, a)
    assert.equal(await vscode.env.clipboard.readText(), logOf(a))
  })

  it('are deleted after a question that names them, many at once, and not when the person thinks better of it', async () => {
    const [a, b, c] = [past('first of many'), past('second of many'), past('stays')]
    await run(commands.pinRun, a)
    await run(commands.deleteRun, [a, b])
    assert.match(user.heard.join('\n'), /Delete 2 runs\?/)
    assert.ok(existsSync(logOf(a)) && existsSync(logOf(b)))
    await run(commands.openRun, a)
    await until('the panel', () => tabs().includes('first of many'))
    user.press = 'Delete'
    await run(commands.deleteRun, [a, b])
    if (existsSync(logOf(a))) {
      // This system has no trash.
      user.press = 'Delete for Good'
      await run(commands.deleteRun, [a, b])
    }
    for (const id of [a, b]) assert.ok(!existsSync(logOf(id)) && Object.keys(notesOf(id)).length === 0)
    await until('the panel to close', () => !tabs().includes('first of many'))
    assert.ok(existsSync(logOf(c)))
  })

  it('are told to other windows as shown as long as any panel or editor shows them', async () => {
    const [id, later] = [past('shown twice'), past('shown later')]
    const isTold = (one: string): boolean => leasedLogs(Date.now()).some((log) => path.basename(log, '.json') === one)
    const close = async (label: string): Promise<void> => {
      const tab = vscode.window.tabGroups.all.flatMap((group) => group.tabs).find((one) => one.label === label)
      assert.ok(tab, label)
      await vscode.window.tabGroups.close(tab)
    }
    await run(commands.openRun, id)
    await until('the panel', () => isTold(id) && tabs().includes('shown twice'))
    await run('vscode.openWith', vscode.Uri.file(logOf(id)), viewTypes.log)
    await until('the editor', () => tabs().includes(`${id}.json`))
    await close('shown twice')
    await run(commands.openRun, later)
    await until('a panel after it', () => isTold(later))
    assert.ok(isTold(id))
    await close(`${id}.json`)
    await until('nobody shows it', () => !isTold(id))
  })

  it('are not taken for another one of the same id that lies elsewhere', async () => {
    const id = past('mine')
    const other = path.join(directory(), '..', 'copied', 'runs', `${id}.json`)
    user.press = 'Delete'
    await run(commands.deleteRun, { capture_id: id, path: other })
    assert.match(user.heard.join('\n'), /There is no run /)
    assert.ok(existsSync(logOf(id)))
  })

  it('say in one message that a run is not there', async () => {
    await run(commands.renameRun, '2026-01-01T00-00-00Z-nobody', 'x')
    assert.match(user.heard.join('\n'), /There is no run 2026-01-01T00-00-00Z-nobody/)
  })

  it('are filtered and sorted by code; what is no filter is told', async () => {
    await run(commands.filterRuns, { states: ['failed'], text: 'x' })
    await run(commands.sortRuns, 'longest')
    assert.deepEqual(user.heard, [])
    await run(commands.filterRuns, { states: ['nothing'] })
    assert.match(user.heard.join('\n'), /filter of runs is not understood/)
    await run(commands.clearRunFilter)
    await run(commands.sortRuns, 'newest')
  })

  it('stay while they are within the bounds, and that is said', async () => {
    past('small')
    await run(commands.removeOldRuns)
    assert.match(user.heard.join('\n'), /No run is beyond the bounds: .* \(5 GB in all\)/)
  })
})
