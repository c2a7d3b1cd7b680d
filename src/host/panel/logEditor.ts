/** A run log opens in the panel wherever it lies: a readonly editor for files that are named like one. */
import * as vscode from 'vscode'
import { viewTypes } from '../../shared/manifest'
import { UserError } from '../../shared/userError'
import type { Container } from '../container'
import { errorText } from '../userMessages'
import { problemHtml } from './html'

const AS_TEXT = 'Open as Text'

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
