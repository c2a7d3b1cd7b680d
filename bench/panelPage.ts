/**
 * The built panel in a real browser, over a WebSocket instead of the editor's message port: the real bridge, store and
 * worker answer it, in this process.
 */
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { WebSocketServer, type WebSocket } from 'ws'
import { PanelBridge, type BridgeActions } from '../src/core/panel/bridge'
import { RunSession } from '../src/host/runs/runSession'
import { LogWorker } from '../src/node/store/logWorker'
import { validateRequest } from '../src/shared/protocol/validate'

declare const __PROJECT_ROOT__: string

const dist = path.join(__PROJECT_ROOT__, 'dist')
const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf' }

/** Gives the panel what the editor would. What it says before the socket is open waits, and is asked then: an editor's port is always open. */
const pageScript = `
const socket = new WebSocket('ws://' + location.host + '/')
const opened = new Promise((resolve) => socket.addEventListener('open', resolve))
socket.addEventListener('message', ({ data }) => {
  window.dispatchEvent(new MessageEvent('message', { data: JSON.parse(data) }))
})
let state
globalThis.acquireVsCodeApi = () => ({
  postMessage: (message) => void opened.then(() => {
    globalThis.askedAt ??= performance.now()
    socket.send(JSON.stringify(message))
  }),
  getState: () => state,
  setState: (next) => { state = next },
})
`

const nothing = (): Promise<undefined> => Promise.resolve(undefined)
const actions: BridgeActions = {
  exportRun: nothing,
  manage: nothing,
  deleteRun: nothing,
  openLog: nothing,
  showOutput: nothing,
  habits: () => ({}),
  rememberHabits: nothing,
  bookmarks: () => Promise.resolve([]),
  changeBookmarks: () => Promise.resolve([]),
  savedFilters: () => [],
  saveFilter: () => Promise.resolve([]),
  deleteFilter: () => Promise.resolve([]),
  copy: nothing,
  openLink: nothing,
  runAgain: nothing,
  openFolder: nothing,
  compare: nothing,
  saveText: nothing,
  openFile: nothing,
  listTrajectories: () => Promise.resolve({ trajectories: [], total: 0 }),
  getTrajectory: () => Promise.reject(new Error('none')),
  log: (message) => {
    console.error(message)
  },
}

export class PanelHost {
  private readonly sockets: WebSocketServer
  private readonly ends: (() => void)[] = []
  private logPath = ''

  private constructor(
    private readonly server: Server,
    private readonly browser: Browser,
  ) {
    this.sockets = new WebSocketServer({ server })
    this.sockets.on('connection', (socket) => {
      void this.serve(socket)
    })
  }

  static async start(): Promise<PanelHost> {
    const server = createServer((request, response) => {
      void (async () => {
        const name = path.basename(request.url ?? '/')
        if (name === '') {
          const theme = await readFile(path.join(__PROJECT_ROOT__, 'webview/styles/editorThemes.css'), 'utf8')
          response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
          response.end(`<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,">
<style>${theme}</style><link rel="stylesheet" href="/main.css"></head>
<body class="vscode-dark theme-dark" data-run="x"><script>${pageScript}</script><script src="/main.js"></script></body></html>`)
          return
        }
        const body = await readFile(path.join(dist, 'webview', name)).catch(() => undefined)
        response.writeHead(body === undefined ? 404 : 200, {
          'content-type': types[path.extname(name)] ?? 'application/octet-stream',
        })
        response.end(body)
      })()
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const browser = await chromium.launch({
      executablePath: process.env['TAPEDECK_CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
    })
    return new PanelHost(server, browser)
  }

  /** A page with the panel of that log; it is there as soon as its document is. */
  async open(logPath: string): Promise<Page> {
    this.logPath = logPath
    const page = await this.browser.newPage({ viewport: { width: 1400, height: 900 } })
    page.on('pageerror', (error) => {
      console.error(error)
    })
    const { port } = this.server.address() as AddressInfo
    await page.goto(`http://127.0.0.1:${String(port)}/`, { waitUntil: 'commit' })
    return page
  }

  async stop(): Promise<void> {
    await this.browser.close()
    for (const end of this.ends.splice(0)) end()
    this.sockets.close()
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private async serve(socket: WebSocket): Promise<void> {
    // What the page says while the run is opened waits.
    const early: unknown[] = []
    let listener = (message: unknown): void => {
      early.push(message)
    }
    socket.on('message', (data: Buffer) => {
      listener(JSON.parse(data.toString('utf8')))
    })
    const session = await RunSession.open(this.logPath, {
      startWorker: (info) =>
        new LogWorker(path.join(dist, 'worker.js'), info, (message) => {
          console.error(message)
        }),
      recover: () => undefined,
      log: (message) => {
        console.error(message)
      },
      warn: (message) => {
        console.error(message)
      },
    })
    const bridge = new PanelBridge(
      session,
      actions,
      {
        post: (message) => {
          socket.send(JSON.stringify(message))
        },
        onMessage: (told) => {
          listener = told
          return () => {
            listener = () => undefined
          }
        },
      },
      { restored: false, validate: validateRequest },
    )
    for (const message of early.splice(0)) listener(message)
    const end = (): void => {
      bridge.dispose()
      session.dispose()
    }
    this.ends.push(end)
    socket.on('close', end)
  }
}
