/**
 * Does on the page what a person would do: looks whether they are logged in, finds the composer, switches search on, types
 * and sends. Where the site wants a person, it asks for one and waits. Selectors are those of the facts, 1.17.
 */
import type { Locator, Page } from 'playwright-core'
import type { Exchange } from '../../core/decode/decoder'
import { defined } from '../../core/decode/json'
import type { EventDraft } from '../../shared/events/schema'
import { noComposer } from './failures'
import { apiOf, isLoginAddress, loginState, type LoginSignals, type Wall } from './login'

/** What the driver is to do, and whom it tells. */
export interface DriverOptions {
  /** Typed and sent; without one the person does that. */
  readonly prompt: string | undefined
  readonly webSearch: 'auto' | 'on' | 'off'
  /** There is no window in which a person could help. */
  readonly headless: boolean
  emit(draft: EventDraft): void
  /** Ends all waiting. */
  readonly signal: AbortSignal
}

const CHAT_COMPOSER = '#prompt-textarea[contenteditable="true"]'
const ANY_COMPOSER = 'textarea:visible, [contenteditable="true"]:visible, [role="textbox"]:visible'
const LOGIN = '[data-testid="login-button"], [data-testid="signup-button"]'
const PROFILE = '[data-testid="accounts-profile-button"], [data-testid="profile-button"]'
const CREDENTIALS = 'input[type="password"]:visible, input[type="email"]:visible'
const CHALLENGE_TITLE = /^just a moment/i
/** Auth.js names it so, with `__Secure-` in front over TLS; a long one is split into `.0`, `.1`. */
const SESSION_COOKIE = /(?:^|-)next-auth\.session-token(?:\.\d+)?$/
const SEND = 'button[data-testid="send-button"]'
const STOP = 'button[data-testid="stop-button"]'
const PILL = 'button.__composer-pill'
/** What only a chat of the known kind has: there, a composer that is none of its own is not alive yet. */
const CHAT_MARKS = `${LOGIN}, ${PROFILE}, #prompt-textarea, [data-testid="composer-plus-btn"]`

/** How long a page may take to show a composer before it counts as one that has none; a person may take any time. */
const COMPOSER_PATIENCE_MS = 20_000
const LOOK_MS = 100
/** A page that is still being built may show a place to type that goes again. */
const STEADY_MS = 1000

const SESSION_PATIENCE_MS = 5000
const CLICK_PATIENCE_MS = 5000

/** Drives one page. */
export class PageDriver {
  private challenge = false
  private api: LoginSignals['api']
  private wall: Wall | undefined
  private looking = false
  private told: Wall | undefined
  private seen: string | undefined
  private seenSince = 0

  constructor(
    private readonly page: Page,
    private readonly options: DriverOptions,
  ) {}

  /** The page's document was answered: by a challenge instead of the page, or not. */
  noteDocument({ responseHeaders }: Exchange): void {
    this.challenge = responseHeaders?.['cf-mitigated'] === 'challenge'
  }

  /** A request of the page: its path may tell whether the person is logged in. */
  noteRequest({ url }: Exchange): void {
    this.api = apiOf(url) ?? this.api
  }

  /** What is waited for: a person to deal with what stands before the composer, or the composer itself. */
  get waitingFor(): Wall | 'composer' | undefined {
    return this.wall ?? (this.looking ? 'composer' : undefined)
  }

  /**
   * Brings the page to the point where a prompt is on its way, or, without one, where the person can type.
   * @throws UserError `no_composer` when the page has no place to type
   */
  async drive(): Promise<void> {
    this.looking = true
    const composer = await this.composer()
    this.looking = false
    if (composer === undefined) return
    await this.tellLogin()
    const { prompt, webSearch } = this.options
    if (prompt === undefined) return
    const isChat = (await this.page.locator(CHAT_COMPOSER).count()) > 0
    if (webSearch !== 'off' && (isChat || webSearch === 'on')) await this.switchSearch(composer)
    await composer.click({ timeout: CLICK_PATIENCE_MS })
    await this.page.keyboard.insertText(prompt)
    await this.send(composer, isChat)
  }

  /** Clicks the page's own stop button, if it has one now. */
  async stopAnswer(): Promise<void> {
    const known = this.page.locator(STOP)
    const button = (await known.count()) > 0 ? known : this.page.getByRole('button', { name: /^stop\b/i })
    if (await isVisible(button)) await button.first().click({ timeout: 1000 })
  }

  private status(status: string, detail?: string): void {
    this.options.emit({ phase: 'browser_status', data: detail === undefined ? { status } : { status, detail } })
  }

  /** The place to type, waited for as long as a person needs to deal with what stands before it. */
  private async composer(): Promise<Locator | undefined> {
    let began = performance.now()
    let hadWall = false
    while (!this.options.signal.aborted) {
      const found = await this.look()
      this.wall = typeof found === 'string' ? found : undefined
      if (typeof found === 'object') return found
      if (found !== undefined) {
        if (found !== this.told) this.tellWall(found)
        this.told = found
        hadWall = true
        began = performance.now()
      }
      // After a wall come pages of its own (a second factor, a choice of account): the time limit is their only one.
      if (found === undefined && !hadWall && performance.now() - began > COMPOSER_PATIENCE_MS) {
        if (this.options.prompt === undefined) return undefined
        throw noComposer(this.page.url())
      }
      await this.pause()
    }
    return undefined
  }

  private tellWall(wall: Wall): void {
    const { headless } = this.options
    const window = headless
      ? 'The browser has no window: start a capture with one to deal with it once.'
      : 'Deal with it in the browser window; the capture goes on by itself.'
    const what =
      wall === 'human_needed' ? 'The site wants to know that a person is there.' : 'The site wants you to log in.'
    this.status(wall, `${what} ${window}`)
  }

  /** The composer, or what stands in its place. */
  private async look(): Promise<Locator | Wall | undefined> {
    try {
      const chat = this.page.locator(CHAT_COMPOSER)
      if (await isVisible(chat)) return chat.first()
      if (this.challenge || CHALLENGE_TITLE.test(await this.page.title())) return 'human_needed'
      if (isLoginAddress(this.page.url())) return 'authentication_required'
      if (await isVisible(this.page.locator(LOGIN))) return this.steady('login') ? 'authentication_required' : undefined
      // Before the page is alive a plain textarea stands where the composer will be.
      if ((await this.page.locator(CHAT_MARKS).count()) > 0) {
        this.steady(undefined)
        return undefined
      }
      const found = await this.biggest()
      if (found !== undefined) return this.steady('composer') ? found : undefined
      const form = await isVisible(this.page.locator(CREDENTIALS))
      return this.steady(form ? 'form' : undefined) ? 'authentication_required' : undefined
    } catch (error) {
      // A page that is just going elsewhere can't be looked at; the next look finds what came.
      if (this.page.isClosed()) throw error
      return undefined
    }
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

  private async tellLogin(): Promise<void> {
    if (!(await isVisible(this.page.locator(`${LOGIN}, ${PROFILE}, ${CHAT_COMPOSER}`)))) return
    const [session, cookies, profile, login] = await Promise.all([
      this.hasSession(),
      this.page.context().cookies(this.page.url()),
      isVisible(this.page.locator(PROFILE)),
      isVisible(this.page.locator(LOGIN)),
    ])
    const cookie = cookies.some(({ name, value }) => SESSION_COOKIE.test(name) && value !== '')
    const state = loginState({ ...defined({ session, api: this.api }), cookie, profile, login })
    if (state !== undefined) this.status(state)
  }

  /** Whether the site's session answer holds a token; undefined where it could not be read. */
  private async hasSession(): Promise<boolean | undefined> {
    try {
      return await this.page.evaluate(async (patience) => {
        const response = await fetch('/api/auth/session', {
          credentials: 'include',
          signal: AbortSignal.timeout(patience),
        })
        if (!response.ok) return undefined
        // Only whether there is a token leaves the page.
        const value = (await response.json()) as { accessToken?: unknown } | null
        return typeof value?.accessToken === 'string'
      }, SESSION_PATIENCE_MS)
    } catch {
      // No such address, no JSON, no answer: one signal less.
      return undefined
    }
  }

  private async switchSearch(composer: Locator): Promise<void> {
    const pill = this.page.locator(PILL)
    if (await isVisible(pill)) {
      this.status('search_toggle', 'on')
      return
    }
    await composer.click({ timeout: CLICK_PATIENCE_MS })
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

  private async send(composer: Locator, isChat: boolean): Promise<void> {
    const button = isChat ? this.page.locator(SEND).first() : await this.genericSendButton(composer)
    const isReady = await button.waitFor({ timeout: isChat ? 5000 : 1000 }).then(
      () => true,
      () => false,
    )
    // A chat that is known tells by its request that the prompt is on its way.
    if (!isChat) this.status('prompt_submitted')
    if (isReady) {
      try {
        await button.click({ timeout: CLICK_PATIENCE_MS })
        return
      } catch (error) {
        // A button that something covers or that stays switched off: the key may do.
        if (this.page.isClosed()) throw error
      }
    }
    await composer.press('Enter', { timeout: CLICK_PATIENCE_MS })
  }

  /** The button of the composer's own form, else one that says "send". */
  private async genericSendButton(composer: Locator): Promise<Locator> {
    const own = composer
      .locator('xpath=ancestor::form[1]')
      .locator('button[type="submit"]:visible, button:not([type]):visible, input[type="submit"]:visible')
    if ((await own.count()) > 0) return own.last()
    const named = this.page.getByRole('button', { name: /^(?:send|submit|ask)\b/i })
    return (await named.count()) > 0 ? named.last() : this.page.locator('button[type="submit"]:visible').last()
  }

  /** True when the same was seen for a while: a page that is still being built shows things that go again. */
  private steady(seen: string | undefined): boolean {
    const now = performance.now()
    if (seen !== this.seen) {
      this.seen = seen
      this.seenSince = now
    }
    return seen !== undefined && now - this.seenSince >= STEADY_MS
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
