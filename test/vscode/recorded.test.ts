import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import * as vscode from 'vscode'
import { openAsRuns } from '../../src/host/panel/openAsRuns'
import { commands, viewTypes } from '../../src/shared/manifest'
import { HOSTILE_ID } from '../fakes/hostileLog'
import { startLog, testHead } from '../fakes/logs'
import { person } from './person'

const folder = (): string => {
  const found = vscode.workspace.workspaceFolders?.[0]
  assert.ok(found)
  return found.uri.fsPath
}

async function tabOf(uri: vscode.Uri): Promise<vscode.Tab> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs)
    const tab = tabs.find(({ input }) => {
      const known = input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText
      return known && input.uri.fsPath === uri.fsPath
    })
    if (tab !== undefined) return tab
    await delay(20)
  }
  throw new Error(`${uri.fsPath} did not open within 10 s`)
}

async function close(tab: vscode.Tab): Promise<void> {
  await vscode.window.tabGroups.close(tab)
}

/** A finished log somewhere else than runs are kept. */
async function recorded(): Promise<vscode.Uri> {
  const head = testHead({ title: 'From elsewhere' })
  const log = startLog(path.join(folder(), 'elsewhere'), {}, head)
  await log.emit({ phase: 'marker', data: { name: 'here' } })
  await log.finish()
  return vscode.Uri.file(log.path)
}

describe('what was recorded', () => {
  const user = person()

  it('opens as a run by its name, wherever it lies, and as text when asked', async () => {
    const uri = await recorded()
    await vscode.commands.executeCommand('vscode.open', uri)
    const tab = await tabOf(uri)
    assert.ok(tab.input instanceof vscode.TabInputCustom)
    assert.equal(tab.input.viewType, viewTypes.log)
    await close(tab)
    await vscode.commands.executeCommand('vscode.openWith', uri, 'default')
    const asText = await tabOf(uri)
    assert.ok(asText.input instanceof vscode.TabInputText)
    await close(asText)
  })

  it('opens as a run where the editor showed it as text before it knew better', async () => {
    const uri = await recorded()
    const other = vscode.Uri.file(path.join(folder(), 'other.json'))
    writeFileSync(other.fsPath, '{}')
    for (const file of [uri, other])
      await vscode.commands.executeCommand('vscode.openWith', file, 'default', { preview: false })
    assert.ok((await tabOf(uri)).input instanceof vscode.TabInputText)
    assert.equal(await openAsRuns(), 1)
    assert.ok((await tabOf(other)).input instanceof vscode.TabInputText)
    const tab = await tabOf(uri)
    assert.ok(tab.input instanceof vscode.TabInputCustom)
    assert.equal(await openAsRuns(), 0)
    await close(tab)
    await close(await tabOf(other))
  })

  it('is opened and imported by the menu of the Explorer', async () => {
    const uri = await recorded()
    await vscode.commands.executeCommand('vscode.openWith', uri, 'default')
    await vscode.commands.executeCommand(commands.openAsRun, uri)
    const found = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter((tab) => tab.input instanceof vscode.TabInputCustom)
    assert.equal(found.length, 1)
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
    const { capture_id } = await vscode.commands.executeCommand<{ capture_id: string }>(commands.importFile, uri)
    assert.ok(existsSync(path.join(folder(), '.tapedeck', 'runs', `${capture_id}.json`)))
    await vscode.commands.executeCommand('workbench.action.closeAllEditors')
  })

  it('that is damaged says so and can be opened as text', async () => {
    mkdirSync(path.join(folder(), 'elsewhere'), { recursive: true })
    const uri = vscode.Uri.file(path.join(folder(), 'elsewhere', `${HOSTILE_ID}.json`))
    writeFileSync(uri.fsPath, '{"no": "run"}\n')
    user.press = 'Open as Text'
    await vscode.commands.executeCommand('vscode.open', uri)
    for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
      if ((await tabOf(uri)).input instanceof vscode.TabInputText) break
      await delay(20)
    }
    const tab = await tabOf(uri)
    assert.ok(tab.input instanceof vscode.TabInputText, user.heard.join('\n'))
    assert.ok(user.heard.some((message) => message.includes('is not a run log of Tapedeck')))
    await close(tab)
  })

  it('elsewhere is imported as a run of its own', async () => {
    const uri = await recorded()
    const made = await vscode.commands.executeCommand<{ capture_id: string } | undefined>(commands.importRun, uri)
    assert.equal(made?.capture_id, path.basename(uri.fsPath, '.json'))
    const log = path.join(folder(), '.tapedeck', 'runs', `${made.capture_id}.json`)
    assert.ok(existsSync(log))
    assert.equal(readFileSync(log, 'utf8'), readFileSync(uri.fsPath, 'utf8'))
  })
})
