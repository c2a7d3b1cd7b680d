import type * as vscode from 'vscode'
import type { ToWebview } from '../../shared/protocol/contract'
import type { Transport } from '../../shared/protocol/peer'

/** The host's end of the way to a webview. */
export function webviewTransport(webview: vscode.Webview): Transport<ToWebview, unknown> {
  return {
    post: (message) => void webview.postMessage(message),
    onMessage: (listener) => {
      const listening = webview.onDidReceiveMessage(listener)
      return () => {
        listening.dispose()
      }
    },
  }
}
