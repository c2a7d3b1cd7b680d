/** The source of a capture: a browser page that is listened to, and a turn that is waited for. */
import type { Exchange, TurnChange } from '../../core/decode/decoder'
import { createWireDecoder } from '../../core/decode/wire'
import type { EndInfo, Source, SourceContext, SourceHandle, StopHow } from '../../core/source'
import type { EventDraft } from '../../shared/events/schema'
import type { BodyMode } from './bodies'
import { PageDriver } from './driver'
import {
  crashed,
  INCOMPLETE,
  noComposer,
  notDrivable,
  timeLimit,
  unreachable,
  wentElsewhere,
  type Failure,
  firstLine,
} from './failures'
import { openBrowser, type BrowserOptions, type OpenBrowser } from './launch'
import { NetworkListener } from './network'
import { Pages } from './pages'

/** A capture as it is asked for. */
export interface CaptureOptions extends BrowserOptions {
  /** Typed and sent; without one the person types, and Tapedeck listens. */
  readonly prompt?: string | undefined
  readonly url: string
  /** The capture's time limit. */
  readonly timeoutMs: number
  /** Whether web search is switched on: where the page has a switch, always tried, or never. */
  readonly webSearch: 'auto' | 'on' | 'off'
  readonly bodies: BodyMode
  /** How long a page may take to resume a stream that broke off before the answer counts as incomplete. */
  readonly resumeGraceMs?: number
  readonly captureId: string
}

/** The source of one capture. Its `open` throws a UserError where there is no browser to record in. */
export function browserSource(options: CaptureOptions): Source {
  return {
    kind: 'capture',
    open: async (context) => {
      const browser = await openBrowser(options, options.captureId)
      try {
        const capture = new Capture(options, context, browser)
        await capture.start()
        return capture
      } catch (error) {
        browser.kill()
        await browser.close()
        throw error
      }
    },
  }
}

const RESUME_GRACE_MS = 15_000
/** Streams may say something after the proof that the answer is complete. */
const SETTLE_MS = 150
const QUIET_WAIT_MS = 1000
const PAGE_TIMEOUT_MS = 30_000
/** How long a page's own stop button may take to end the stream. */
const STOP_WAIT_MS = 2000
/** With the wait above, a stop is forced after 5 s. */
const CLOSE_WAIT_MS = 3000
/** How long a killed browser's end may take to be told. */
const KILL_WAIT_MS = 2000

class Capture implements SourceHandle {
  readonly ended: Promise<EndInfo>
  private readonly network: NetworkListener
  private readonly driver: PageDriver
  private readonly driving = new AbortController()
  private readonly timers = new Set<NodeJS.Timeout>()
  private readonly pages: Pages
  /** The requests that carry the turn now. */
  private readonly carriers = new Set<string>()
  private lastRequest = ''
  private resolveEnded: (end: EndInfo) => void = () => undefined
  private graceTimer: NodeJS.Timeout | undefined
  private isEnding = false
  private isOver = false
  private stopping = false
  private turnOpen = false
  private turnsComplete = 0
  private hasDefect = false
  private model: string | undefined
  private onTurnOver: () => void = () => undefined

  constructor(
    private readonly options: CaptureOptions,
    private readonly context: SourceContext,
    private readonly browser: OpenBrowser,
  ) {
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve
    })
    const emit = (draft: EventDraft): void => {
      this.emit(draft)
    }
    const decoder = createWireDecoder({
      emit,
      turn: (change) => {
        this.turn(change)
      },
    })
    this.network = new NetworkListener({
      decoder,
      bodies: options.bodies,
      emit,
      onDocument: (exchange) => {
        this.driver.noteDocument(exchange)
      },
      onRequest: (exchange) => {
        this.lastRequest = exchange.requestId
        this.driver.noteRequest(exchange)
      },
      onUnanswered: (exchange) => {
        this.unanswered(exchange)
      },
      onDefect: (error) => {
        this.defect(error)
      },
      log: (message) => {
        context.log(message)
      },
    })
    this.pages = new Pages({
      browser,
      network: this.network,
      onCrash: () => {
        void this.fail(crashed('page'))
      },
      onClosed: (isMain) => {
        this.pageClosed(isMain)
      },
      log: (message) => {
        context.log(message)
      },
    })
    this.driver = new PageDriver(browser.page, {
      prompt: options.prompt,
      webSearch: options.webSearch,
      headless: browser.headless,
      emit,
      signal: this.driving.signal,
    })
  }

  /** Listens, then opens the page; resolves when it listens. */
  async start(): Promise<void> {
    const { browser, options } = this
    this.status('browser_started', browser.name)
    if (browser.own && browser.headless && !options.headless)
      this.status('headless_fallback', 'There is no display here, so the browser runs without a window.')
    browser.onDisconnected(() => {
      this.disconnected()
    })
    this.timer(options.timeoutMs, () => {
      this.timeLimit()
    })
    await this.pages.start()
    void this.drive()
  }

  stop(how: StopHow): Promise<void> {
    if (how === 'force') {
      this.stopping = true
      this.browser.kill()
      void this.end(this.stoppedEnd())
    } else if (!this.stopping && !this.isEnding) {
      this.stopping = true
      void this.stopPolitely()
    }
    return Promise.resolve()
  }
  private async stopPolitely(): Promise<void> {
    this.driving.abort()
    if (this.turnOpen) await this.askPageToStop()
    await this.end(this.stoppedEnd())
  }

  private emit(draft: EventDraft): void {
    if (this.isOver) return
    if (draft.phase === 'browser_status') this.model = draft.data.model ?? this.model
    // CDP can't be asked to wait; the log's queue is what holds, and it is bounded by what a page can send.
    void this.context.emit(draft)
  }

  private status(status: string, detail?: string, url?: string): void {
    this.emit({
      phase: 'browser_status',
      data: { status, ...(detail === undefined ? {} : { detail }), ...(url === undefined ? {} : { url }) },
    })
  }

  private async drive(): Promise<void> {
    const { page } = this.browser
    const { url } = this.options
    let failure: (error: unknown) => Failure = (error) => unreachable(url, error)
    try {
      const response = await page
        .goto(url, { waitUntil: 'domcontentloaded', timeout: PAGE_TIMEOUT_MS })
        .catch((error: unknown) => {
          if (wentElsewhere(error)) return null
          throw error
        })
      failure = notDrivable
      const httpStatus = response?.status() ?? 200
      this.status('page_loaded', httpStatus >= 400 ? `HTTP ${String(httpStatus)}` : undefined, page.url())
      await this.driver.drive()
    } catch (error) {
      // A browser that is gone tells so itself.
      if (this.isEnding || this.driving.signal.aborted || page.isClosed()) return
      await this.fail(failure(error))
    }
  }

  private turn(change: TurnChange): void {
    if (this.isEnding) return
    clearTimeout(this.graceTimer)
    switch (change.state) {
      case 'submitted':
      case 'resumed':
        this.carriers.add(this.lastRequest)
        this.turnOpen = true
        break
      case 'started':
      case 'handed_off':
        this.turnOpen = true
        break
      case 'interrupted':
        this.onTurnOver()
        this.graceTimer = this.timer(this.options.resumeGraceMs ?? RESUME_GRACE_MS, () => {
          this.incomplete()
        })
        break
      case 'complete':
        this.turnOver()
        this.turnsComplete++
        if (this.options.prompt !== undefined && !this.stopping) this.timer(SETTLE_MS, () => void this.settle())
        break
      case 'failed':
        this.turnOver()
        // Without a prompt the person is there and may try again.
        if (this.options.prompt !== undefined) void this.end({ status: 'failed', error: change.error.message })
    }
  }

  private turnOver(): void {
    this.turnOpen = false
    this.carriers.clear()
    this.onTurnOver()
  }

  private incomplete(): void {
    this.turnOver()
    if (this.options.prompt !== undefined) void this.fail(INCOMPLETE)
    else this.emit({ phase: 'error', data: { ...INCOMPLETE, fatal: false } })
  }

  /** A request that carried the turn failed before the server answered: the page may try again. */
  private unanswered({ requestId }: Exchange): void {
    if (this.carriers.delete(requestId) && this.turnOpen) this.turn({ state: 'interrupted' })
  }

  private defect(error: unknown): void {
    this.context.log(`a decoder failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    if (this.hasDefect) return
    this.hasDefect = true
    const message = "A part of the page's streams could not be decoded. The capture goes on, and the bytes are kept."
    this.emit({ phase: 'error', data: { message, code: 'decoder_failed', fatal: false } })
  }

  private async settle(): Promise<void> {
    await Promise.race([this.network.quiet(), new Promise<void>((resolve) => this.timer(QUIET_WAIT_MS, resolve))])
    await this.end({ status: 'completed' })
  }

  private async askPageToStop(): Promise<void> {
    const over = new Promise<void>((resolve) => {
      this.onTurnOver = resolve
      this.timer(STOP_WAIT_MS, resolve)
    })
    try {
      await this.driver.stopAnswer()
    } catch (error) {
      // A page without a working stop button is closed all the same.
      this.context.log(`the page's stop button: ${firstLine(error)}`)
      return
    }
    await over
  }

  /** Without a prompt, a capture whose turns are all over, and one of them complete, has done what it was for. */
  private get isFulfilled(): boolean {
    return this.options.prompt === undefined && this.turnsComplete > 0 && !this.turnOpen
  }

  private stoppedEnd(): EndInfo {
    return this.isFulfilled ? { status: 'completed' } : { status: 'aborted' }
  }

  private pageClosed(isMain: boolean): void {
    // Without a prompt the person may go on in another tab.
    const goesOn = this.options.prompt === undefined && this.pages.count > 0
    if (this.isEnding || goesOn || (!isMain && this.pages.count > 0)) return
    void this.end(this.closedByPerson())
  }

  private closedByPerson(): EndInfo {
    return this.isFulfilled
      ? { status: 'completed' }
      : { status: 'aborted', error: 'The browser was closed before the answer was complete.' }
  }

  private disconnected(): void {
    if (this.isEnding) return
    if (this.pages.wereClosed) void this.end(this.closedByPerson())
    else void this.fail(crashed('browser'))
  }

  private timeLimit(): void {
    const { waitingFor } = this.driver
    if (this.isFulfilled) void this.end({ status: 'completed' })
    else if (waitingFor !== 'composer') void this.fail(timeLimit(this.options.timeoutMs, waitingFor))
    else if (this.options.prompt !== undefined) void this.fail(noComposer(this.browser.page.url()))
    else void this.fail(timeLimit(this.options.timeoutMs, undefined))
  }

  private async fail({ code, message }: Failure): Promise<void> {
    if (this.isEnding) return
    this.emit({ phase: 'error', data: { message, code, fatal: true } })
    await this.end({ status: 'failed', error: message })
  }

  private async end(end: EndInfo): Promise<void> {
    if (this.isEnding) return
    this.isEnding = true
    this.driving.abort()
    for (const timer of this.timers) clearTimeout(timer)
    await this.closeBrowser()
    this.network.end()
    this.status('browser_closed')
    this.isOver = true
    const { name, headless } = this.browser
    const metadata = {
      browser: name,
      headless,
      url: this.options.url,
      ...(this.model === undefined ? {} : { model: this.model }),
    }
    this.resolveEnded({ ...end, metadata })
  }

  /** A browser that does not close by itself is killed. */
  private async closeBrowser(): Promise<void> {
    const closing = this.browser
      .close()
      .catch((error: unknown) => {
        this.context.log(`closing the browser: ${String(error)}`)
      })
      .then((): true => true)
    if (await within(CLOSE_WAIT_MS, closing)) return
    this.browser.kill()
    if (!(await within(KILL_WAIT_MS, closing))) this.context.log('the browser did not tell its end')
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

/** Whether it is done in time. */
async function within(ms: number, done: Promise<true>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => {
      resolve(false)
    }, ms)
  })
  const isDone = await Promise.race([done, late])
  clearTimeout(timer)
  return isDone
}
