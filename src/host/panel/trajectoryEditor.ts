/** A readonly editor for files of trajectories (`*.jsonl` of rollouts): the same view as in the panel of a run. */
import * as vscode from 'vscode'
import { listTrajectories, readTrajectory } from '../../node/launch/trajectoryFile'
import { commands, viewTypes } from '../../shared/manifest'
import { createServer, type Handlers } from '../../shared/protocol/peer'
import { validateRequest } from '../../shared/protocol/validate'
import type { Container } from '../container'
import { errorText, registerCommand } from '../userMessages'
import { panelHtml } from './html'
import { webviewTransport } from './transport'

export function registerTrajectoryEditor({ context, log }: Container): void {
  const assets = vscode.Uri.joinPath(context.extensionUri, 'dist', 'webview')
  context.subscriptions.push(
    vscode.window.registerCustomEditorProvider(viewTypes.trajectories, {
      openCustomDocument: (uri) => ({ uri, dispose: () => undefined }),
      resolveCustomEditor: ({ uri }, panel) => {
        panel.webview.options = { enableScripts: true, localResourceRoots: [assets] }
        const server = createServer(webviewTransport(panel.webview), {
          handlers: handlersOf(uri),
          validate: validateRequest,
          onDefect: (error, request) => {
            log.error(`trajectories, ${request}: ${errorText(error)}`)
          },
        })
        panel.onDidDispose(() => {
          server.dispose()
        })
        panel.webview.html = panelHtml(panel.webview, assets, { trajectories: uri.fsPath })
      },
    } satisfies vscode.CustomReadonlyEditorProvider),
  )
  registerCommand(context, log, commands.openTrajectories, async (argument) => {
    const uri = argument instanceof vscode.Uri ? argument : await chooseFile()
    if (uri !== undefined) await openTrajectories(uri)
  })
}

export async function openTrajectories(uri: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', uri, viewTypes.trajectories)
}

async function chooseFile(): Promise<vscode.Uri | undefined> {
  const active = vscode.window.activeTextEditor?.document.uri
  if (active?.path.endsWith('.jsonl') === true) return active
  const chosen = await vscode.window.showOpenDialog({
    title: 'Open Trajectories',
    filters: { Trajectories: ['jsonl'] },
  })
  return chosen?.[0]
}

/** The page may ask for this file and for nothing else. */
function handlersOf(uri: vscode.Uri): Partial<Handlers> {
  return {
    'trajectories/list': () => listTrajectories(uri.fsPath),
    'trajectories/get': ({ line }) => readTrajectory(uri.fsPath, line),
    'file/open': async () => {
      await vscode.commands.executeCommand('vscode.openWith', uri, 'default')
      return {}
    },
  }
}
