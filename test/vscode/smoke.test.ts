import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { commands } from '../../src/shared/manifest'

describe('the extension', () => {
  it('is there and starts', async () => {
    const extension = vscode.extensions.getExtension('tapedeck.tapedeck')
    assert.ok(extension, 'tapedeck.tapedeck is not installed')
    await extension.activate()
    assert.equal(extension.isActive, true)
  })

  it('registers its commands', async () => {
    const registered = await vscode.commands.getCommands(true)
    const missing = Object.values(commands).filter((command) => !registered.includes(command))
    assert.deepEqual(missing, [])
  })
})
