/**
 * Does on the page what a person would do: looks whether they are logged in, finds the composer, switches search on, types
 * and sends. Where the site wants a person, it asks for one and waits. Selectors are those of the facts, 1.17.
 */
import type { Locator, Page } from 'playwright-core'
import type { EventDraft } from '../../shared/events/schema'
import { UserError } from '../../shared/userError'

export interface DriverOptions {
  readonly prompt: string | undefined
  readonly webSearch: 'auto' | 'on' | 'off'
  emit(draft: EventDraft): void
  /** True once a request of a chat carried the prompt away. */
  wasSubmitted(): boolean
  readonly signal: AbortSignal
}

const CHAT_COMPOSER = '#prompt-textarea[contenteditable="true"]'
const ANY_COMPOSER = 'textarea:visible, [contenteditable="true"]:visible, [role="textbox"]:visible'
const LOGIN = '[data-testid="login-button"], [data-testid="signup-button"]'
const PROFILE = '[data-testid="accounts-profile-button"], [data-testid="profile-button"]'
const SEND = 'button[data-testid="send-button"]'
const STOP = 'button[data-testid="stop-button"]'
const PILL = 'button.__composer-pill'
/** What only a chat of the known kind has: there, a composer that is none of its own is not alive yet. */
const CHAT_MARKS = `${LOGIN}, ${PROFILE}, #prompt-textarea, [data-testid="composer-plus-btn"]`

/** How long a page may take to show a composer before it counts as one that has none. */
const COMPOSER_PATIENCE_MS = 20_000
const LOOK_MS = 100
/** A page that is still being built may show a place to type that goes again. */
const STEADY_MS = 1000

export class PageDriver {
  private challenge = false
  private steadySince: number | undefined

  constructor(
    private readonly page: Page,
    private readonly options: DriverOptions,
  ) {}

  /** The document was answered by a challenge instead of the page. */
  noteChallenge(): void {
    this.challenge = true
  }

  /**
   * Brings the page to the point where a prompt is on its way, or, without one, where the person can type.
   * @throws UserError `no_composer` when the page has no place to type
   */
  async drive(): Promise<void> {
    const composer = await this.composer()
    if (composer === undefined) return
    await this.tellLogin()
    const { prompt, webSearch } = this.options
    if (prompt === undefined) return
    const isChat = (await this.page.locator(CHAT_COMPOSER).count()) > 0
    if (webSearch !== 'off' && (isChat || webSearch === 'on')) await this.switchSearch(composer)
    await composer.click()
    await this.page.keyboard.insertText(prompt)
    await this.send(isChat)
  }

  /** Clicks the page's own stop button, if it has one now. */
  async stopAnswer(): Promise<void> {
    const button = this.page.locator(STOP)
    if ((await button.count()) > 0) await button.first().click({ timeout: 1000 })
  }

  private status(status: string, detail?: string): void {
    this.options.emit({ phase: 'browser_status', data: detail === undefined ? { status } : { status, detail } })
  }

  /** The place to type, waited for as long as a person needs to deal with what stands before it. */
  private async composer(): Promise<Locator | undefined> {
    const began = performance.now()
    let asked: string | undefined
    while (!this.options.signal.aborted) {
      const found = await this.look()
      if (typeof found === 'object') return found
      if (found !== undefined && found !== asked) {
        asked = found
        this.status(
          found,
          found === 'human_needed'
            ? 'The site wants to know that a person is there.'
            : 'Log in in the browser window; the capture goes on by itself.',
        )
      }
      if (found === undefined && performance.now() - began > COMPOSER_PATIENCE_MS) {
        if (this.options.prompt === undefined) return undefined
        throw new UserError(
          `The page ${this.page.url()} has no place to type a prompt that could be found. Start the capture without a prompt and type yourself.`,
          'no_composer',
        )
      }
      await this.pause()
    }
    return undefined
  }

  /** The composer, or what stands in its place. */
  private async look(): Promise<Locator | 'human_needed' | 'authentication_required' | undefined> {
    const chat = this.page.locator(CHAT_COMPOSER)
    if (await isVisible(chat)) return chat.first()
    // The site answers with its page again once the challenge is met.
    if (this.challenge && /just a moment|human|challenge/i.test(await this.page.title().catch(() => '')))
      return 'human_needed'
    // Before the page is alive a plain textarea stands where the composer will be.
    if (await isVisible(this.page.locator(LOGIN))) return 'authentication_required'
    if ((await this.page.locator(CHAT_MARKS).count()) > 0) return undefined
    const found = await this.biggest()
    if (found === undefined) return this.challenge ? 'human_needed' : undefined
    this.steadySince ??= performance.now()
    return performance.now() - this.steadySince >= STEADY_MS ? found : undefined
  }

  private async biggest(): Promise<Locator | undefined> {
    let best: { locator: Locator; area: number } | undefined
    for (const locator of (await this.page.locator(ANY_COMPOSER).all()).slice(0, 20)) {
      const box = await locator.boundingBox({ timeout: 500 }).catch(() => null)
      const area = box === null ? 0 : box.width * box.height
      if (area > (best?.area ?? 0)) best = { locator, area }
    }
    return best?.locator
  }

  /** Logged in or not, by two signals that agree; one alone proves nothing. */
  private async tellLogin(): Promise<void> {
    if (!(await isVisible(this.page.locator(`${LOGIN}, ${PROFILE}, ${CHAT_COMPOSER}`)))) return
    const session = await this.page
      .evaluate(async () => {
        const response = await fetch('/api/auth/session', { credentials: 'include' })
        if (!response.ok) return undefined
        // Only whether there is a token leaves the page.
        const value = (await response.json()) as { accessToken?: unknown }
        return typeof value.accessToken === 'string'
      })
      .catch(() => undefined)
    const profile = await isVisible(this.page.locator(PROFILE))
    const login = await isVisible(this.page.locator(LOGIN))
    if (session === true && profile) this.status('authenticated')
    else if (session !== true && login) this.status('logged_out')
  }

  private async switchSearch(composer: Locator): Promise<void> {
    const pill = this.page.locator(PILL)
    await composer.click()
    await this.page.keyboard.type('/search')
    await this.page.keyboard.press('Space')
    const on = await pill
      .first()
      .waitFor({ timeout: 1500 })
      .then(
        () => true,
        () => false,
      )
    if (on) {
      this.status('search_toggle', 'on')
      return
    }
    await this.page.keyboard.press('ControlOrMeta+A')
    await this.page.keyboard.press('Delete')
    this.status('search_toggle', (await this.searchByMenu()) ? 'on' : 'unavailable')
  }

  private async searchByMenu(): Promise<boolean> {
    const menu = this.page.locator('button[data-testid="composer-plus-btn"]')
    if (!(await isVisible(menu))) return false
    try {
      await menu.first().click({ timeout: 1000 })
      await this.page.getByRole('menuitemradio', { name: /web search/i }).click({ timeout: 1500 })
      return true
    } catch {
      // The menu has no such item: closed again, and told as unavailable.
      await this.page.keyboard.press('Escape')
      return false
    }
  }

  private async send(isChat: boolean): Promise<void> {
    const button = this.page
      .locator(`${SEND}, button[type="submit"]:visible, button[aria-label*="Send" i]:visible`)
      .first()
    const ready = await button.waitFor({ timeout: isChat ? 5000 : 1000 }).then(
      () => true,
      () => false,
    )
    if (ready) await button.click()
    else await this.page.keyboard.press('Enter')
    if (!isChat && !this.options.wasSubmitted()) this.status('prompt_submitted')
  }

  private pause(): Promise<void> {
    const { signal } = this.options
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, LOOK_MS)
      signal.addEventListener('abort', done)
    })
  }
}

async function isVisible(locator: Locator): Promise<boolean> {
  return locator
    .first()
    .isVisible()
    .catch(() => false)
}
