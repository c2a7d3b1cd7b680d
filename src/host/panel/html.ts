/**
 * The page of a panel: one script, one style sheet, no network (DESIGN.md section 7). Inline is only what the page shows
 * until those two are here: the editor's background and a word.
 */
import { randomBytes } from 'node:crypto'
import * as vscode from 'vscode'

/**
 * What the page shows: the path of a run's log, the key of followed files, the path of a file of trajectories, or the paths of
 * two logs that are compared, as JSON.
 */
export type PageContent =
  | { readonly run: string }
  | { readonly files: string }
  | { readonly trajectories: string }
  | { readonly compare: string }

export function panelHtml(webview: vscode.Webview, assets: vscode.Uri, shows: PageContent): string {
  const [name = '', file = ''] = Object.entries(shows)[0] ?? []
  const nonce = randomBytes(16).toString('base64')
  const address = (asset: string): string => webview.asWebviewUri(vscode.Uri.joinPath(assets, asset)).toString()
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
  ].join('; ')
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style nonce="${nonce}">
html, body { background: var(--vscode-editor-background); }
#loading { margin: 0; padding: 12px; color: var(--vscode-descriptionForeground); font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); }
</style>
<title>Tapedeck</title>
</head>
<body data-${name}="${escapeAttribute(file)}">
<p id="loading" role="status">Loading…</p>
<link rel="stylesheet" href="${address('main.css')}">
<script nonce="${nonce}" src="${address('compare' in shows ? 'compare.js' : 'main.js')}"></script>
</body>
</html>`
}

/** A page that only says why there is no panel. */
export function problemHtml(message: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<title>Tapedeck</title>
</head>
<body>
<p role="alert">${escapeAttribute(message)}</p>
<p>Reopen Editor With… in the menu of its tab shows the file as text.</p>
</body>
</html>`
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
