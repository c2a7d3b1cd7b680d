/** What all panels are made of: their page's assets and options, and their icon. */
import * as vscode from 'vscode'
import type { Container } from '../container'

export class PanelShell {
  constructor(private readonly container: Pick<Container, 'context'>) {}

  get assets(): vscode.Uri {
    return vscode.Uri.joinPath(this.container.context.extensionUri, 'dist', 'webview')
  }

  get options(): vscode.WebviewOptions & vscode.WebviewPanelOptions {
    return { enableScripts: true, localResourceRoots: [this.assets] }
  }

  get icon(): { readonly light: vscode.Uri; readonly dark: vscode.Uri } {
    const media = vscode.Uri.joinPath(this.container.context.extensionUri, 'media')
    return { light: vscode.Uri.joinPath(media, 'run-light.svg'), dark: vscode.Uri.joinPath(media, 'run-dark.svg') }
  }
}
