/** A browser to record in: one that we start with a profile of our own, or one that runs already. */
import process from 'node:process'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { UserError } from '../../shared/userError'
import { findBrowser } from './findBrowser'
import { defaultProfileDir, lockProfile } from './profile'

export interface BrowserOptions {
  readonly headless: boolean
  readonly browserPath?: string | undefined
  readonly cdpUrl?: string | undefined
  readonly profileDir?: string | undefined
}

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
  /** Ends a browser of ours; lets go of one that is not. */
  close(): Promise<void>
}

const CDP_TIMEOUT_MS = 10_000

/** @throws UserError when there is no browser, its profile is in use, or it does not answer */
export async function openBrowser(options: BrowserOptions, captureId: string): Promise<OpenBrowser> {
  return options.cdpUrl === undefined ? launch(options, captureId) : attach(options.cdpUrl)
}

export function hasDisplay(env: NodeJS.ProcessEnv = process.env): boolean {
  return process.platform !== 'linux' || Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY'])
}

async function launch(options: BrowserOptions, captureId: string): Promise<OpenBrowser> {
  const found = findBrowser(options.browserPath)
  const profile = options.profileDir ?? defaultProfileDir()
  const headless = options.headless || !hasDisplay()
  const unlock = lockProfile(profile, captureId)
  try {
    const { chromium } = await import('playwright-core')
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: found.path,
      headless,
      viewport: null,
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
      ],
    })
    const page = context.pages()[0] ?? (await context.newPage())
    const version = context.browser()?.version() ?? ''
    return {
      context,
      page,
      name: `${found.name} ${version}`.trim(),
      headless,
      own: true,
      onDisconnected: (listener) => {
        context.once('close', listener)
      },
      close: async () => {
        try {
          await context.close()
        } finally {
          unlock()
        }
      },
    }
  } catch (error) {
    unlock()
    throw launchError(found.path, profile, error)
  }
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
  if (/ProcessSingleton|profile appears to be in use|SingletonLock/i.test(text)) {
    return new UserError(
      `Another browser has Tapedeck's profile ${profile} open. Close it, then start the capture again.`,
      'profile_in_use',
      'failed',
      { cause: error },
    )
  }
  const reason = text.split('\n').find((line) => line.trim() !== '') ?? text
  return new UserError(`${browser} could not be started: ${reason.slice(0, 500)}`, 'browser_start', 'failed', {
    cause: error,
  })
}

async function attach(address: string): Promise<OpenBrowser> {
  const shown = address.replace(/\/\/[^/@]*@/, '//')
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
    throw new UserError(
      `No browser answers at ${shown}. Start one with --remote-debugging-port (and a --user-data-dir of its own), or empty tapedeck.capture.cdpUrl (--cdp) to have one started.`,
      'cdp_unreachable',
      'failed',
      { cause: error },
    )
  }
  const context = browser.contexts()[0] ?? (await browser.newContext())
  const page = await context.newPage()
  return {
    context,
    page,
    name: `Chromium ${browser.version()}`,
    headless: false,
    own: false,
    onDisconnected: (listener) => {
      browser.once('disconnected', listener)
    },
    close: async () => {
      if (!page.isClosed()) await page.close()
      // For a browser that was attached to, this only lets go of it.
      await browser.close()
    },
  }
}
