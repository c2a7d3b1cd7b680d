import assert from 'node:assert/strict'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import * as vscode from 'vscode'
import { commands, viewTypes } from '../../src/shared/manifest'
import { startLog, testHead } from '../fakes/logs'
import { person } from './person'

/** Makes a finished launch in the workspace. */
async function launched(title: string): Promise<string> {
  const folder = vscode.workspace.workspaceFolders?.[0]
  assert.ok(folder)
  const log = startLog(path.join(folder.uri.fsPath, '.tapedeck'), {}, testHead({ kind: 'launch', title }))
  await log.emit({ phase: 'log_line', data: { text: `${title} ran`, stream: 'stdout' } })
  await log.finish()
  return log.head.capture_id
}

function compareTabs(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(viewTypes.compare))
}

async function tabNamed(label: string): Promise<vscode.Tab> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
    const tab = compareTabs().find((one) => one.label === label)
    if (tab !== undefined) return tab
    await delay(20)
  }
  throw new Error(
    `no tab ${label}, but ${compareTabs()
      .map((tab) => tab.label)
      .join(', ')}`,
  )
}

describe('comparisons', () => {
  const user = person()
  afterEach(async () => {
    await vscode.window.tabGroups.close(compareTabs())
  })

  it('open for two runs that code names, once for the same two', async () => {
    const [one, two] = [await launched('first'), await launched('second')]
    await vscode.commands.executeCommand(commands.compareRuns, one, two)
    await tabNamed('first \u2194 second')
    await vscode.commands.executeCommand(commands.compareRuns, one, two)
    assert.equal(compareTabs().length, 1)
    assert.deepEqual(user.heard, [])
  })

  it('open for two rows that are selected in the tree', async () => {
    const rows = [{ capture_id: await launched('left') }, { capture_id: await launched('right') }]
    await vscode.commands.executeCommand(commands.compareRuns, rows[0], rows)
    await tabNamed('left \u2194 right')
  })

  it('open for a run that was selected before', async () => {
    const [one, two] = [await launched('before'), await launched('after')]
    await vscode.commands.executeCommand(commands.selectForCompare, { capture_id: one })
    await vscode.commands.executeCommand(commands.compareWithSelected, { capture_id: two })
    await tabNamed('before \u2194 after')
  })

  it('say what they can not do', async () => {
    const one = await launched('alone')
    await vscode.commands.executeCommand(commands.compareRuns, one, '2020-01-01T00-00-00Z-nobody')
    const rows = [one, await launched('b'), await launched('c')].map((capture_id) => ({ capture_id }))
    await vscode.commands.executeCommand(commands.compareRuns, rows[0], rows)
    await vscode.commands.executeCommand(commands.selectForCompare, { capture_id: one })
    await vscode.commands.executeCommand(commands.compareWithSelected, { capture_id: one })
    assert.match(user.heard[0] ?? '', /There is no run 2020-01-01T00-00-00Z-nobody/)
    assert.match(user.heard[1] ?? '', /Two runs are compared at a time/)
    assert.match(user.heard[2] ?? '', /A run is not compared with itself/)
    assert.equal(compareTabs().length, 0)
  })
})
