/** Lets others run now and then, and waits for a reader that is behind. */
import { setImmediate } from 'node:timers/promises'

/** The thread is let go after so long. */
const TURN_MS = 5

export class Turns {
  private start = 0
  private release: (() => void) | undefined

  constructor(private readonly onError: (error: unknown) => void) {}

  begin(): void {
    this.start = performance.now()
  }

  /** @param wait of a reader that took a piece and is behind */
  after(wait: Promise<unknown> | undefined): Promise<void> | undefined {
    if (wait !== undefined) return this.untilTaken(wait)
    return performance.now() - this.start > TURN_MS ? this.letOthersRun() : undefined
  }

  /** Nobody is waited for any more. */
  close(): void {
    this.release?.()
  }

  private async untilTaken(wait: Promise<unknown>): Promise<void> {
    await new Promise<void>((resolve) => {
      this.release = resolve
      wait.then(
        () => {
          resolve()
        },
        (error: unknown) => {
          this.onError(error)
          resolve()
        },
      )
    })
    this.release = undefined
    this.begin()
  }

  private async letOthersRun(): Promise<void> {
    await setImmediate()
    this.begin()
  }
}
