/** A browser to record in: one that we start with a profile of our own, or one that runs already. */
import { execFile } from 'node:child_process'
import process from 'node:process'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { UserError } from '../../shared/userError'
import { processStart } from '../machine/processIdentity'
import { findBrowser } from './findBrowser'
import { defaultProfileDir, lockProfile } from './profile'

/** Which browser, and how. */
export interface BrowserOptions {
  readonly headless: boolean
  /** The program to start; without one an installed browser is found. */
  readonly browserPath?: string | undefined
  /** The address of a running browser to attach to, `http://…` or `ws://…`. */
  readonly cdpUrl?: string | undefined
  /** The folder of the profile; without one Tapedeck's own. */
  readonly profileDir?: string | undefined
}

/** A browser with a page that is blank yet. */
export interface OpenBrowser {
  readonly context: BrowserContext
  readonly page: Page
  /** "Chromium 156.0.8078.79" */
  readonly name: string
  /** As asked for, or true where there is no display. */
  readonly headless: boolean
  /** False for a browser that we only attached to. */
  readonly own: boolean
  /** Calls back once when the connection to the browser is gone, whoever ended it. */
  onDisconnected(listener: () => void): void
  /** Ends a browser of ours, lets go of one that is not. Resolves when that is done. */
  close(): Promise<void>
  /** Ends the process of a browser of ours at once; does nothing to one that is not. */
  kill(): void
}

const CDP_TIMEOUT_MS = 10_000
const START_TIMEOUT_MS = 60_000

/** @throws UserError when there is no browser, its profile is in use, or it does not answer */
export async function openBrowser(options: BrowserOptions, captureId: string): Promise<OpenBrowser> {
  return options.cdpUrl === undefined ? launch(options, captureId) : attach(options.cdpUrl)
}

/** Whether a browser can show a window here. */
export function hasDisplay(env: NodeJS.ProcessEnv = process.env, platform = process.platform): boolean {
  return platform !== 'linux' || [env['DISPLAY'], env['WAYLAND_DISPLAY']].some((name) => (name ?? '') !== '')
}

async function launch(options: BrowserOptions, captureId: string): Promise<OpenBrowser> {
  const found = findBrowser(options.browserPath)
  const profile = options.profileDir ?? defaultProfileDir()
  const headless = options.headless || !hasDisplay()
  const unlock = lockProfile(profile, captureId)
  let context: BrowserContext | undefined
  try {
    const { chromium } = await import('playwright-core')
    context = await chromium.launchPersistentContext(profile, {
      executablePath: found.path,
      headless,
      viewport: null,
      timeout: START_TIMEOUT_MS,
      // Chromium's sandbox does not work for root; everybody else gets it.
      chromiumSandbox: process.platform !== 'linux' || process.getuid?.() !== 0,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      args: [
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-quic',
        // Without a window the default size is one at which sites show their small layout.
        ...(headless ? ['--window-size=1280,900'] : []),
      ],
    })
    return await ownBrowser(context, found.name, headless, unlock)
  } catch (error) {
    await context?.close()
    unlock()
    throw launchError(found.path, profile, error)
  }
}

async function ownBrowser(
  context: BrowserContext,
  name: string,
  headless: boolean,
  unlock: () => void,
): Promise<OpenBrowser> {
  const page = context.pages()[0] ?? (await context.newPage())
  const browser = context.browser()
  const pid = browser === null ? undefined : await browserPid(browser)
  const start = pid === undefined ? undefined : processStart(pid)
  let isGone = false
  const gone = new Promise<void>((resolve) => {
    context.once('close', () => {
      isGone = true
      resolve()
    })
  })
  return {
    context,
    page,
    name: `${name} ${browser?.version() ?? ''}`.trim(),
    headless,
    own: true,
    onDisconnected: (listener) => {
      context.once('close', listener)
    },
    close: async () => {
      try {
        if (!isGone) await Promise.all([context.close(), gone])
      } finally {
        unlock()
      }
    },
    kill: () => {
      // A pid alone may be somebody else's by now.
      if (!isGone && pid !== undefined && start !== undefined && processStart(pid) === start) killTree(pid)
    },
  }
}

async function browserPid(browser: Browser): Promise<number | undefined> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  return processInfo.find(({ type }) => type === 'browser')?.id
}

function killTree(pid: number): void {
  if (process.platform === 'win32') {
    execFile('taskkill', ['/pid', String(pid), '/T', '/F'])
    return
  }
  // The browser's helpers end when their browser does.
  process.kill(pid, 'SIGKILL')
}

function launchError(browser: string, profile: string, error: unknown): UserError {
  const text = error instanceof Error ? error.message : String(error)
  if (/No usable sandbox/i.test(text)) {
    return new UserError(
      `${browser} can't start here: its sandbox does not work for this user (often so in containers). Allow user namespaces, or attach to a browser that you start (tapedeck.capture.cdpUrl, --cdp).`,
      'browser_sandbox',
      'missing',
      { cause: error },
    )
  }
  if (/ProcessSingleton|profile appears to be in use|SingletonLock|existing browser session/i.test(text)) {
    return new UserError(
      `Another browser has Tapedeck's profile ${profile} open. Close it, then start the capture again.`,
      'profile_in_use',
      'failed',
      { cause: error },
    )
  }
  const said = text.split('\n').find((line) => line.trim() !== '') ?? text
  // What the library says when the program ended before it could be spoken to.
  const reason = /has been closed|process did exit/i.test(said) ? 'it ended at once, without a word.' : said
  return new UserError(
    `${browser} could not be started: ${reason.slice(0, 500)} Check that it starts by itself, or name another one (tapedeck.capture.browser, --browser).`,
    'browser_start',
    'failed',
    { cause: error },
  )
}

async function attach(address: string): Promise<OpenBrowser> {
  const shown = withoutSecrets(address)
  if (!/^(?:https?|wss?):\/\//i.test(address) || !URL.canParse(address)) {
    throw new UserError(
      `${JSON.stringify(shown.slice(0, 200))} is no address of a browser. It looks like http://127.0.0.1:9222.`,
      'bad_cdp_url',
      'bad_input',
    )
  }
  const { chromium } = await import('playwright-core')
  let browser: Browser
  try {
    browser = await chromium.connectOverCDP(address, { timeout: CDP_TIMEOUT_MS })
  } catch (error) {
    throw unreachable(shown, error)
  }
  try {
    const session = await browser.newBrowserCDPSession()
    const { userAgent } = await session.send('Browser.getVersion')
    await session.detach()
    const context = browser.contexts()[0] ?? (await browser.newContext())
    return attachedBrowser(browser, context, await context.newPage(), userAgent)
  } catch (error) {
    await browser.close()
    throw unreachable(shown, error)
  }
}

function attachedBrowser(browser: Browser, context: BrowserContext, page: Page, userAgent: string): OpenBrowser {
  return {
    context,
    page,
    name: `${/Edg\//.test(userAgent) ? 'Edge' : 'Chromium'} ${browser.version()}`,
    headless: userAgent.includes('Headless'),
    own: false,
    onDisconnected: (listener) => {
      browser.once('disconnected', listener)
    },
    close: async () => {
      if (!page.isClosed()) await page.close()
      // For a browser that was attached to, this only lets go of it.
      await browser.close()
    },
    kill: () => undefined,
  }
}

/** The error's own text may hold the address with its secrets, so only the reason is taken out of it. */
function unreachable(shown: string, error: unknown): UserError {
  const text = error instanceof Error ? error.message : String(error)
  const reason =
    /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ECONNRESET|EHOSTUNREACH|ETIMEDOUT|\b[45]\d\d [A-Z][a-z]+|Timeout \d+ms exceeded/.exec(
      text,
    )?.[0]
  return new UserError(
    `No browser answers at ${shown}${reason === undefined ? '' : ` (${reason})`}. Start one with --remote-debugging-port (and a --user-data-dir of its own), or empty tapedeck.capture.cdpUrl (--cdp) to have one started.`,
    'cdp_unreachable',
  )
}

/** An address without what lets somebody in: user, password, query. */
function withoutSecrets(address: string): string {
  return address.replace(/\/\/[^/]*@/, '//').replace(/[?#].*$/s, '')
}
