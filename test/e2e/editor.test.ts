import assert from 'node:assert/strict'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Editor } from '../editor/editor'

declare const __PROJECT_ROOT__: string

describe('the editor with the extension', () => {
  let editor: Editor
  let workspace: string

  before(async () => {
    workspace = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-workspace-'))
    await cp(path.join(__PROJECT_ROOT__, 'demo', 'workspace'), workspace, { recursive: true })
    editor = await Editor.start({ workspace, extension: { folder: __PROJECT_ROOT__ } })
  })

  after(async () => {
    await editor.close()
    await rm(workspace, { recursive: true, force: true })
  })

  it('shows its view and its commands, and again after a reload', async () => {
    await editor.openViewContainer('Tapedeck')
    await editor.page.locator('.sidebar .composite.title', { hasText: 'Tapedeck' }).waitFor()
    const before = editor.extensionHostPid()
    await editor.reload()
    await editor.runCommand('Tapedeck: Show Output')
    await editor.page.locator('.panel.bottom, .part.panel').first().waitFor()
    assert.notEqual(editor.extensionHostPid(), before)
  })
})
