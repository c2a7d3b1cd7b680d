/** The source of a capture: a browser page that is listened to, and a turn that is waited for. */
import type { Page } from 'playwright-core'
import type { TurnChange, TurnError } from '../../core/decode/decoder'
import { createWireDecoder } from '../../core/decode/wire'
import type { EndInfo, Source, SourceContext, SourceHandle, StopHow } from '../../core/source'
import type { EventDraft } from '../../shared/events/schema'
import { UserError } from '../../shared/userError'
import type { BodyMode } from './bodies'
import { PageDriver } from './driver'
import { openBrowser, type BrowserOptions, type OpenBrowser } from './launch'
import { NetworkListener } from './network'

export interface CaptureOptions extends BrowserOptions {
  readonly prompt?: string | undefined
  readonly url: string
  readonly timeoutMs: number
  readonly webSearch: 'auto' | 'on' | 'off'
  readonly bodies: BodyMode
  /** How long a page may take to resume a stream that broke off before the answer counts as incomplete. */
  readonly resumeGraceMs?: number
  readonly captureId: string
}

export function browserSource(options: CaptureOptions): Source {
  return {
    kind: 'capture',
    open: async (context) => {
      const browser = await openBrowser(options, options.captureId)
      const capture = new Capture(options, context, browser)
      await capture.start()
      return capture
    },
  }
}

const RESUME_GRACE_MS = 15_000
/** Streams may say something after the proof that the answer is complete. */
const SETTLE_MS = 150
const PAGE_TIMEOUT_MS = 30_000
/** How long a page's own stop button may take to end the stream. */
const STOP_WAIT_MS = 2000
/** A browser that does not close by then is left to be killed with our process. */
const CLOSE_WAIT_MS = 3000

class Capture implements SourceHandle {
  readonly ended: Promise<EndInfo>
  private readonly network: NetworkListener
  private readonly decoder
  private readonly driver: PageDriver
  private readonly driving = new AbortController()
  private readonly timers = new Set<NodeJS.Timeout>()
  private resolveEnded: (end: EndInfo) => void = () => undefined
  private graceTimer: NodeJS.Timeout | undefined
  private isEnding = false
  private turnOpen = false
  private turnsComplete = 0
  private submitted = false
  private model: string | undefined
  private pageClosedAt: number | undefined
  private stopping = false
  private onTurnOver: () => void = () => undefined

  constructor(
    private readonly options: CaptureOptions,
    private readonly context: SourceContext,
    private readonly browser: OpenBrowser,
  ) {
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve
    })
    this.decoder = createWireDecoder({
      emit: (draft) => {
        this.emit(draft)
      },
      turn: (change) => {
        this.turn(change)
      },
    })
    this.network = new NetworkListener({
      decoder: this.decoder,
      bodies: options.bodies,
      emit: (draft) => {
        this.emit(draft)
      },
      onDocument: ({ responseHeaders }) => {
        if (responseHeaders?.['cf-mitigated'] === 'challenge') this.driver.noteChallenge()
      },
      log: (message) => {
        context.log(message)
      },
    })
    this.driver = new PageDriver(browser.page, {
      prompt: options.prompt,
      webSearch: options.webSearch,
      emit: (draft) => {
        this.emit(draft)
      },
      wasSubmitted: () => this.submitted,
      signal: this.driving.signal,
    })
  }

  async start(): Promise<void> {
    const { browser, options } = this
    this.status('browser_started', browser.name)
    if (browser.headless && !options.headless)
      this.status('headless_fallback', 'There is no display here, so the browser runs without a window.')
    browser.onDisconnected(() => {
      this.disconnected()
    })
    if (browser.own) {
      browser.context.on('page', (page) => {
        if (page !== browser.page)
          void this.listen(page).catch((error: unknown) => {
            this.context.log(String(error))
          })
      })
    }
    this.timer(options.timeoutMs, () => {
      this.timeLimit()
    })
    await this.listen(browser.page)
    void this.drive()
  }

  async stop(how: StopHow): Promise<void> {
    if (this.isEnding && how === 'polite') return
    this.stopping = true
    if (how === 'polite' && this.turnOpen) await this.askPageToStop()
    void this.end(this.stoppedEnd(), how === 'force')
  }

  private emit(draft: EventDraft): void {
    if (draft.phase === 'browser_status') {
      if (draft.data.status === 'prompt_submitted') this.submitted = true
      this.model = draft.data.model ?? this.model
    }
    // CDP can't be asked to wait; the log's queue is what holds, and it is bounded by what a page can send.
    void this.context.emit(draft)
  }

  private status(status: string, detail?: string, url?: string): void {
    this.emit({
      phase: 'browser_status',
      data: { status, ...(detail === undefined ? {} : { detail }), ...(url === undefined ? {} : { url }) },
    })
  }

  private async listen(page: Page): Promise<void> {
    page.on('crash', () => {
      void this.fail({
        code: 'browser_crashed',
        message: 'The page crashed. What it had sent is recorded; start the capture again.',
      })
    })
    page.on('close', () => {
      this.pageClosedAt = performance.now()
      // A window that is closed ends the browser soon; a tab of a browser that goes on does not.
      if (page === this.browser.page)
        setImmediate(() => {
          this.pageClosed()
        })
    })
    await this.network.attach(await page.context().newCDPSession(page))
  }

  private async drive(): Promise<void> {
    const { page } = this.browser
    try {
      await page.goto(this.options.url, { waitUntil: 'domcontentloaded', timeout: PAGE_TIMEOUT_MS })
      this.status('page_loaded', undefined, page.url())
      await this.driver.drive()
    } catch (error) {
      if (this.isEnding || this.stopping || this.driving.signal.aborted) return
      // A browser that is gone tells so itself.
      if (page.isClosed()) return
      await this.fail(error instanceof UserError ? error : pageError(this.options.url, error))
    }
  }

  private turn(change: TurnChange): void {
    clearTimeout(this.graceTimer)
    switch (change.state) {
      case 'submitted':
      case 'started':
      case 'resumed':
      case 'handed_off':
        this.turnOpen = true
        break
      case 'interrupted':
        this.graceTimer = this.timer(this.options.resumeGraceMs ?? RESUME_GRACE_MS, () => {
          void this.fail({
            code: 'incomplete_stream',
            message: 'The answer broke off and was not resumed, so it is not complete. What came is recorded.',
          })
        })
        this.onTurnOver()
        break
      case 'complete':
        this.turnOpen = false
        this.turnsComplete++
        this.onTurnOver()
        if (this.options.prompt !== undefined && !this.stopping)
          this.timer(SETTLE_MS, () => {
            this.settle(0)
          })
        break
      case 'failed':
        this.turnOpen = false
        this.onTurnOver()
        // Without a prompt the person is there and may try again.
        if (this.options.prompt !== undefined) void this.end({ status: 'failed', error: change.error.message }, false)
    }
  }

  /** Waits until the streams are quiet, at most a second. */
  private settle(waited: number): void {
    if (this.network.openStreams > 0 && waited < 1000)
      this.timer(50, () => {
        this.settle(waited + 50)
      })
    else void this.end({ status: 'completed' }, false)
  }

  private async askPageToStop(): Promise<void> {
    const over = new Promise<void>((resolve) => {
      this.onTurnOver = resolve
      this.timer(STOP_WAIT_MS, resolve)
    })
    try {
      await this.driver.stopAnswer()
      await over
    } catch (error) {
      // A page without a working stop button is closed all the same.
      this.context.log(`the page's stop button: ${String(error)}`)
    }
  }

  /** Without a prompt, a capture whose turns are all complete has done what it was for. */
  private get isFulfilled(): boolean {
    return this.options.prompt === undefined && this.turnsComplete > 0 && !this.turnOpen
  }

  private stoppedEnd(): EndInfo {
    return this.isFulfilled ? { status: 'completed' } : { status: 'aborted' }
  }

  private pageClosed(): void {
    if (this.isEnding) return
    // Its pages go first where a person closes a browser; where it dies, everything goes at once.
    this.timer(300, () => {
      if (!this.isEnding) void this.end(this.closedByPerson(), false)
    })
  }

  private closedByPerson(): EndInfo {
    return this.isFulfilled
      ? { status: 'completed' }
      : { status: 'aborted', error: 'The browser was closed before the answer was complete.' }
  }

  private disconnected(): void {
    if (this.isEnding) return
    const closedBefore = this.pageClosedAt !== undefined && performance.now() - this.pageClosedAt > 5
    if (closedBefore) void this.end(this.closedByPerson(), false)
    else
      void this.fail({
        code: 'browser_crashed',
        message: 'The browser ended unexpectedly. What it had sent is recorded; start the capture again.',
      })
  }

  private timeLimit(): void {
    if (this.isFulfilled) {
      void this.end({ status: 'completed' }, false)
      return
    }
    const minutes = Math.round(this.options.timeoutMs / 6000) / 10
    void this.fail({
      code: 'time_limit',
      message: `The capture reached its time limit of ${String(minutes)} min before the answer was complete. tapedeck.capture.timeoutSeconds (--timeout) sets the limit.`,
    })
  }

  private async fail(error: Pick<TurnError, 'code' | 'message'>): Promise<void> {
    if (this.isEnding) return
    this.emit({ phase: 'error', data: { message: error.message, code: error.code, fatal: true } })
    await this.end({ status: 'failed', error: error.message }, false)
  }

  private async end(end: EndInfo, force: boolean): Promise<void> {
    if (this.isEnding) return
    this.isEnding = true
    this.driving.abort()
    for (const timer of this.timers) clearTimeout(timer)
    clearTimeout(this.graceTimer)
    let patience: NodeJS.Timeout | undefined
    const tooLong = new Promise<void>((resolve) => {
      patience = setTimeout(resolve, force ? 500 : CLOSE_WAIT_MS)
    })
    const closing = this.browser.close().catch((error: unknown) => {
      this.context.log(`closing the browser: ${String(error)}`)
    })
    await Promise.race([closing, tooLong])
    clearTimeout(patience)
    this.network.end()
    this.decoder.end()
    this.status('browser_closed')
    const { name, headless } = this.browser
    const metadata = {
      browser: name,
      headless,
      url: this.options.url,
      ...(this.model === undefined ? {} : { model: this.model }),
    }
    this.resolveEnded({ ...end, metadata })
  }

  private timer(ms: number, action: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.timers.delete(timer)
      action()
    }, ms)
    this.timers.add(timer)
    return timer
  }
}

function pageError(url: string, error: unknown): UserError {
  const text = error instanceof Error ? error.message : String(error)
  const code = /net::(ERR_[A-Z_]+)/.exec(text)?.[1]
  const reasons: Record<string, string> = {
    ERR_CONNECTION_REFUSED: 'nothing answers there (connection refused)',
    ERR_NAME_NOT_RESOLVED: 'there is no such host',
    ERR_INTERNET_DISCONNECTED: 'there is no network',
    ERR_CONNECTION_TIMED_OUT: 'it did not answer in time',
    ERR_CERT_AUTHORITY_INVALID: 'its certificate is not trusted',
  }
  const late = /Timeout \d+ms exceeded/.test(text)
  const reason = late
    ? 'it did not answer in time'
    : code === undefined
      ? (text.split('\n')[0] ?? text).slice(0, 300)
      : (reasons[code] ?? code)
  return new UserError(
    `The page ${url.slice(0, 300)} can't be opened: ${reason}. Check the address (tapedeck.capture.url, --url) and the network.`,
    'page_unreachable',
    'failed',
    {
      cause: error,
    },
  )
}
