/** A run log opens in the panel wherever it lies: a readonly editor for files that are named like one. */
import * as vscode from 'vscode'
import { viewTypes } from '../../shared/manifest'
import { UserError } from '../../shared/userError'
import type { Container } from '../container'
import { errorText } from '../userMessages'
import { problemHtml } from './html'
import { openAsRuns } from './openAsRuns'

const AS_TEXT = 'Open as Text'
/** In the editor's memory: it knows of this editor from now on. */
const KNOWN = 'tapedeck.logEditorKnown'

export function registerLogEditor(container: Container): void {
  container.context.subscriptions.push(
    vscode.window.registerCustomEditorProvider(viewTypes.log, {
      openCustomDocument: (uri) => ({ uri, dispose: () => undefined }),
      resolveCustomEditor: async ({ uri }, panel) => {
        try {
          await show(container, uri, panel)
        } catch (error) {
          // The editor itself says only that something failed.
          container.log.warn(errorText(error))
          const message = error instanceof Error ? error.message : String(error)
          panel.webview.html = problemHtml(message)
          void offerText(panel, uri, message)
        }
      },
    } satisfies vscode.CustomReadonlyEditorProvider),
  )
  const { globalState } = container.context
  if (globalState.get(KNOWN) === true) return
  void globalState.update(KNOWN, true)
  openAsRuns().catch((error: unknown) => {
    container.log.warn(errorText(error))
  })
}

async function show({ panels }: Container, uri: vscode.Uri, panel: vscode.WebviewPanel): Promise<void> {
  if (panels === undefined) throw new UserError('The panels of Tapedeck could not start here.', 'no_panels')
  if (uri.scheme !== 'file')
    throw new UserError('Only a run log that is a file on disk can be shown as a run.', 'not_a_file', 'bad_input')
  await panels.adopt(panel, uri.fsPath)
}

async function offerText(panel: vscode.WebviewPanel, uri: vscode.Uri, message: string): Promise<void> {
  const choice = await vscode.window.showErrorMessage(message, AS_TEXT)
  if (choice === undefined) return
  panel.dispose()
  await vscode.commands.executeCommand('vscode.openWith', uri, 'default')
}
