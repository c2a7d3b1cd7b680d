/** Long work on a thread that others need, too: every few milliseconds it is theirs. */
import { setImmediate } from 'node:timers/promises'

const SLICE_MS = 4

export class Slices {
  private began = performance.now()

  /** To be awaited where it is something: others run meanwhile. */
  rest(): Promise<void> | undefined {
    return performance.now() - this.began < SLICE_MS ? undefined : this.letOthersRun()
  }

  private async letOthersRun(): Promise<void> {
    await setImmediate()
    this.began = performance.now()
  }
}
