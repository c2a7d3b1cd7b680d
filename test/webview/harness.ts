/** A browser with the panel in it, served under the policy that the editor's webviews have. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { chromium, type Browser, type Locator, type Page } from 'playwright-core'
import type { RequestName, RunState, TimeMode } from '../../src/shared/protocol/contract'
import type { Pair } from './fakeCompare'
import type { FakeHost } from './fakeHost'

declare const __SITE__: string

const NONCE = 'dGVzdC1ub25jZQ'
const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf' }

export type Theme = 'dark' | 'light' | 'hc-black' | 'hc-light'

export const themeClass: Readonly<Record<Theme, string>> = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  'hc-black': 'vscode-high-contrast',
  'hc-light': 'vscode-high-contrast vscode-high-contrast-light',
}

export interface PanelOptions {
  readonly events?: number
  readonly state?: RunState
  readonly theme?: Theme
  readonly width?: number
  readonly height?: number
  readonly title?: string
  readonly reducedMotion?: boolean
  readonly kind?: 'capture' | 'launch' | 'follow'
  /** The page of a comparison, of these two. */
  readonly pair?: Pair
  /** Of a comparison: the host does not answer before it is let. */
  readonly hold?: true
  /** Of `follow`: how many files. */
  readonly files?: number
  /** The column of times that was chosen in an earlier panel. */
  readonly times?: TimeMode
  /** Default: UTC. */
  readonly timezone?: string
  /** A pause of the run before an event; milliseconds. */
  readonly pause?: { readonly before: number; readonly ms: number }
}

export interface OpenPanel {
  readonly page: Page
  /** Runs a function of the fake host in the page. */
  host<A, R>(act: (argument: { host: FakeHost; argument: A }) => R, argument?: A): Promise<Awaited<R>>
  rows(): Locator
  /** The seqs of the rows that are drawn. */
  seqs(): Promise<number[]>
  id(testid: string): Locator
  /** The parameters of the requests of that name, once there are so many. */
  asked(name: RequestName, count: number): Promise<unknown[]>
  /** Fails on anything the page or its policy complained about, then closes the page. */
  close(): Promise<void>
}

export class Harness {
  private readonly problems = new WeakMap<Page, string[]>()

  private constructor(
    private readonly browser: Browser,
    private readonly server: Server,
    private readonly origin: string,
  ) {}

  static async start(): Promise<Harness> {
    const server = createServer((request, response) => {
      void serve(request.url ?? '/', origin).then(({ status, type, body, policy }) => {
        response.writeHead(status, {
          'content-type': type,
          ...(policy === undefined ? {} : { 'content-security-policy': policy }),
        })
        response.end(body)
      })
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
    const browser = await chromium.launch({
      executablePath: process.env['TAPEDECK_CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
    return new Harness(browser, server, origin)
  }

  async open(options: PanelOptions = {}): Promise<OpenPanel> {
    const context = await this.browser.newContext({
      viewport: { width: options.width ?? 1000, height: options.height ?? 700 },
      reducedMotion: options.reducedMotion === true ? 'reduce' : 'no-preference',
      timezoneId: options.timezone ?? 'UTC',
    })
    const page = await context.newPage()
    page.setDefaultTimeout(10_000)
    const problems: string[] = []
    this.problems.set(page, problems)
    page.on('pageerror', (error) => problems.push(`page error: ${error.stack ?? error.message}`))
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') problems.push(`console: ${message.text()}`)
    })
    const query = new URLSearchParams({
      events: String(options.events ?? 0),
      state: options.state ?? 'running',
      theme: options.theme ?? 'dark',
      kind: options.kind ?? 'capture',
      files: String(options.files ?? 1),
      ...(options.title === undefined ? {} : { title: options.title }),
      ...(options.pause === undefined
        ? {}
        : { pauseAt: String(options.pause.before), pauseMs: String(options.pause.ms) }),
      ...(options.times === undefined ? {} : { times: options.times }),
      ...(options.pair === undefined ? {} : { pair: options.pair }),
      ...(options.hold === undefined ? {} : { hold: 'compare/get' }),
    })
    await page.goto(`${this.origin}/?${query.toString()}`)
    if (options.pair !== undefined) {
      await page.getByTestId(options.hold === undefined ? 'compare-body' : 'compare-reading').waitFor()
    } else {
      await page.getByTestId('run-state').waitFor()
      await page.getByTestId('feed-count').filter({ hasText: /\d/ }).waitFor({ state: 'attached' })
    }
    return {
      page,
      // The function is sent as its source, so it can use only what it is given.
      host: (act, argument) =>
        page.evaluate(
          `(${act.toString()})({ host: globalThis.fakeHost, argument: ${argument === undefined ? 'undefined' : JSON.stringify(argument)} })`,
        ),
      rows: () => page.getByTestId('event-row'),
      seqs: () =>
        page
          .getByTestId('event-row')
          .evaluateAll((rows) =>
            rows.map((row) => Number((row as unknown as { dataset: { seq: string } }).dataset.seq)),
          ),
      id: (testid) => page.getByTestId(testid),
      asked: async (name, count) => {
        await page.waitForFunction(
          (wanted) =>
            (globalThis as unknown as { fakeHost: FakeHost }).fakeHost.named(wanted.name).length >= wanted.count,
          { name, count },
        )
        return page.evaluate((wanted) => (globalThis as unknown as { fakeHost: FakeHost }).fakeHost.named(wanted), name)
      },
      close: async () => {
        const defects = await page.evaluate<string[]>('globalThis.fakeHost.defects')
        await context.close()
        assert.deepEqual([...problems, ...defects], [])
      },
    }
  }

  async stop(): Promise<void> {
    await this.browser.close()
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string | Buffer
  readonly policy?: string
}

async function serve(address: string, origin: string): Promise<Answer> {
  const url = new URL(address, origin)
  if (url.pathname === '/') {
    const theme = (url.searchParams.get('theme') ?? 'dark') as Theme
    const shows = url.searchParams.has('pair')
      ? `data-compare="{&quot;left&quot;:&quot;/l.json&quot;,&quot;right&quot;:&quot;/r.json&quot;}"`
      : 'data-run="/work/.tapedeck/runs/x.json"'
    return {
      status: 200,
      type: 'text/html; charset=utf-8',
      policy: `default-src 'none'; script-src 'nonce-${NONCE}'; style-src ${origin}; font-src ${origin}; img-src ${origin} data:`,
      body: `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/themes.css">
<link rel="stylesheet" href="/main.css">
<title>Tapedeck</title>
</head>
<body class="${themeClass[theme]} theme-${theme}" ${shows}>
<script nonce="${NONCE}" src="/host.js"></script>
<script nonce="${NONCE}" src="/${url.searchParams.has('pair') ? 'compare' : 'main'}.js"></script>
</body>
</html>`,
    }
  }
  const name = path.basename(url.pathname)
  try {
    return {
      status: 200,
      type: types[path.extname(name)] ?? 'application/octet-stream',
      body: await readFile(path.join(__SITE__, name)),
    }
  } catch {
    return { status: 404, type: 'text/plain', body: `no ${name}` }
  }
}
