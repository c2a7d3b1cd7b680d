import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import * as vscode from 'vscode'
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
