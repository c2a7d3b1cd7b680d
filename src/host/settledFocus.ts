import * as vscode from 'vscode'

/** As long as the editor takes to hand the focus back to a webview. */
const SETTLED_MS = 150

/**
 * Call before a quick input is opened by a command: when the palette closes, the editor gives the focus back to the webview
 * that had it, a moment later, and what is typed then would go there.
 */
export async function settledFocus(): Promise<void> {
  const input: unknown = vscode.window.tabGroups.activeTabGroup.activeTab?.input
  if (input instanceof vscode.TabInputWebview) await new Promise((resolve) => setTimeout(resolve, SETTLED_MS))
}
