/** The page of a panel: one script, one style sheet, nothing inline and no network (DESIGN.md section 7). */
import { randomBytes } from 'node:crypto'
import * as vscode from 'vscode'

export function panelHtml(webview: vscode.Webview, assets: vscode.Uri, logPath: string): string {
  const nonce = randomBytes(16).toString('base64')
  const address = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(assets, name)).toString()
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
  ].join('; ')
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${address('main.css')}">
<title>Tapedeck</title>
</head>
<body data-run="${escapeAttribute(logPath)}">
<script nonce="${nonce}" src="${address('main.js')}"></script>
</body>
</html>`
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
