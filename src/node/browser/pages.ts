/** The pages of a capture: its own, those that come beside it, and their frames of other sites. Each is listened to. */
import type { CDPSession, Frame, Page } from 'playwright-core'
import type { OpenBrowser } from './launch'
import type { NetworkListener } from './network'

/** What the pages need of their capture. */
export interface PagesOptions {
  readonly browser: OpenBrowser
  readonly network: NetworkListener
  /** The capture's own page crashed. */
  onCrash(): void
  /** A page was closed, the capture's own one or another. */
  onClosed(isMain: boolean): void
  log(message: string): void
}

/** Listens to pages, and knows which are open. */
export class Pages {
  private readonly open = new Set<Page>()
  private readonly frames = new WeakSet<Frame>()
  private closing = false

  constructor(private readonly options: PagesOptions) {}

  /** How many are open. */
  get count(): number {
    return this.open.size
  }

  /** True when the browser said itself that it lets go of a page, and so was not torn away. */
  get wereClosed(): boolean {
    return this.closing
  }

  /** Listens to the capture's own page, which must be blank yet, and from then on to all that come. */
  async start(): Promise<void> {
    const { browser } = this.options
    await this.listen(browser.page)
    if (browser.own) browser.context.on('page', (page) => void this.listenToOther(page))
  }

  private async listen(page: Page): Promise<void> {
    const { browser, network } = this.options
    const isMain = page === browser.page
    this.open.add(page)
    page.on('crash', () => {
      if (isMain) this.options.onCrash()
    })
    page.on('close', () => {
      this.open.delete(page)
      // A browser that dies takes all its pages at once; its own end is told in the same moment, after theirs.
      setImmediate(() => {
        this.options.onClosed(isMain)
      })
    })
    // In the browser of somebody else only what our page opens is ours.
    if (!browser.own) page.on('popup', (popup) => void this.listenToOther(popup))
    page.on('framenavigated', (frame) => {
      if (frame.parentFrame() === null) this.closing = false
      else void this.listenToFrame(frame)
    })
    const session = await page.context().newCDPSession(page)
    session.on('Inspector.detached', () => {
      this.closing = true
    })
    const { targetInfo } = await session.send('Target.getTargetInfo')
    // A page's main frame has the id of its target.
    await network.attach(session, isMain ? targetInfo.targetId : undefined)
  }

  /** What such a page asked for before we listened is missed. */
  private async listenToOther(page: Page): Promise<void> {
    try {
      if (!this.open.has(page)) await this.listen(page)
    } catch (error) {
      this.options.log(`a page that was opened by another could not be listened to: ${String(error)}`)
    }
  }

  private async listenToFrame(frame: Frame): Promise<void> {
    if (this.frames.has(frame)) return
    this.frames.add(frame)
    let session: CDPSession
    try {
      session = await frame.page().context().newCDPSession(frame)
    } catch {
      // A frame in its page's own process: the page's session hears it, until it goes to another site.
      this.frames.delete(frame)
      return
    }
    session.on('close', () => this.frames.delete(frame))
    try {
      await this.options.network.attach(session)
    } catch (error) {
      this.options.log(`a frame of another process went before it could be listened to: ${String(error)}`)
    }
  }
}
