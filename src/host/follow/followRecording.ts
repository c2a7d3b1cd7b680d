/**
 * The recording of followed files: a runner of its own that writes what is appended to a run log. It begins with the first
 * bytes that are appended, so that no empty run is listed, at the place where the files stood when they were opened. It lives
 * through a reload of the window: the panel that comes back takes it over.
 */
import type { FollowPosition } from '../../node/follow/followPosition'
import { Emitter } from '../../shared/lib/emitter'
import type { FollowInfo } from '../../shared/protocol/contract'
import { UserError } from '../../shared/userError'

/** A file and where its recording begins; without a position at its beginning, which may be yet to come. */
export interface RecordFrom {
  readonly path: string
  readonly position?: FollowPosition
}

/** How a recording ended. */
export interface RecordingEnd {
  /** The bound of its size was reached. */
  readonly isFull: boolean
  /** Why it failed, if it did. */
  readonly error?: string
}

export interface RecordingServices {
  /** Where the files stand now. */
  readonly positions: () => Promise<readonly RecordFrom[]>
  /** Kept for the window that comes after this one. */
  readonly remember: (from: readonly RecordFrom[]) => void
  /** Starts a runner; resolves with the run's id once its log exists. @throws UserError when it can't start */
  readonly start: (from: readonly RecordFrom[]) => Promise<string>
  readonly stop: (captureId: string) => Promise<void>
  /** Resolves when the run is over; undefined when the wait was given up. */
  readonly ended: (captureId: string, signal: AbortSignal) => Promise<RecordingEnd | undefined>
  /** Tells the person what could not be recorded. */
  readonly report: (error: unknown) => void
}

export class FollowRecording {
  private readonly changed = new Emitter<undefined>()
  private current: FollowInfo['recording'] = 'off'
  private id: string | undefined
  private origin: Promise<readonly RecordFrom[]> = Promise.resolve([])
  /** Counts the runners that were asked for: one that was given up may still come. */
  private attempts = 0
  /** Gives up the wait for the end of the run. */
  private watching: AbortController | undefined
  private reason: string | undefined
  private isDisposed = false
  readonly onDidChange = this.changed.event

  constructor(private readonly services: RecordingServices) {}

  get state(): FollowInfo['recording'] {
    return this.current
  }

  get captureId(): string | undefined {
    return this.id
  }

  /** Why it failed. */
  get problem(): string | undefined {
    return this.current === 'failed' ? this.reason : undefined
  }

  /** Waits for the first bytes. @param from where a window before this one began to wait; default: where the files stand */
  wait(from?: readonly RecordFrom[]): void {
    this.origin = from === undefined ? this.services.positions() : Promise.resolve(from)
    void this.origin.then((origin) => {
      this.services.remember(origin)
    }, this.services.report)
    this.become('waiting')
  }

  /** Takes over a recording that a window before this one began. */
  adopt(captureId: string): void {
    this.watch(captureId)
  }

  /** The files have grown. */
  grew(): void {
    if (this.current !== 'waiting') return
    this.become('on')
    void this.begin()
  }

  async set(on: boolean): Promise<void> {
    const isOn = this.current === 'on' || this.current === 'waiting'
    if (on === isOn) return
    if (on) {
      this.wait()
      return
    }
    const { id } = this
    this.become('off')
    // What comes while it is off is not made up for by a window to come.
    this.services.remember([])
    if (id !== undefined) await this.services.stop(id)
  }

  /** The panel was closed: nobody watches any more. */
  dispose(): void {
    if (this.isDisposed) return
    this.isDisposed = true
    this.watching?.abort()
    this.services.remember([])
    if (this.current === 'on' && this.id !== undefined) this.services.stop(this.id).catch(this.services.report)
  }

  private async begin(): Promise<void> {
    const attempt = ++this.attempts
    try {
      const id = await this.services.start(await this.origin)
      // It was switched off, or the panel closed, while the runner started.
      if (!this.isWanted(attempt)) {
        await this.services.stop(id)
        return
      }
      // A window to come takes over the run, or begins anew.
      this.services.remember([])
      this.watch(id)
    } catch (error) {
      if (this.isDisposed) return
      if (this.isWanted(attempt)) this.fail(error)
      else this.services.report(error)
    }
  }

  private isWanted(attempt: number): boolean {
    return !this.isDisposed && this.isOn() && attempt === this.attempts
  }

  private isOn(): boolean {
    return this.current === 'on'
  }

  private watch(id: string): void {
    this.id = id
    const watching = new AbortController()
    this.watching = watching
    this.become('on')
    this.services.ended(id, watching.signal).then(
      (end) => {
        if (end === undefined || watching.signal.aborted) return
        this.id = undefined
        if (end.error !== undefined) this.fail(new UserError(lostText(end.error), 'recording_ended'))
        else this.become(end.isFull ? 'full' : 'off')
      },
      (error: unknown) => {
        if (watching.signal.aborted) return
        this.id = undefined
        this.fail(error)
      },
    )
  }

  private fail(error: unknown): void {
    this.reason = error instanceof Error ? error.message : String(error)
    this.become('failed')
    this.services.report(error)
  }

  private become(state: FollowInfo['recording']): void {
    if (state === 'off' || state === 'waiting') this.id = undefined
    if (state !== 'on') this.watching?.abort()
    this.current = state
    if (!this.isDisposed) this.changed.fire(undefined)
  }
}

function lostText(why: string): string {
  return `The recording has ended: ${why} What was recorded until then is kept. Switch it on in the panel to begin another.`
}
