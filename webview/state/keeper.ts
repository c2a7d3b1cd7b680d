/** Keeps a panel's state where its page is reloaded, soon after it has changed. */
import { STATE_VERSION, type SavedState } from '../lib/savedState'
import type { Place } from '../transport'

const SAVE_MS = 200

export class Keeper {
  private timer: ReturnType<typeof setTimeout> | undefined

  /** @param stateNow makes what is kept */
  constructor(
    private readonly place: Place,
    private readonly stateNow: () => Omit<SavedState, 'version'>,
  ) {}

  saveSoon(): void {
    this.timer ??= setTimeout(() => {
      this.saveNow()
    }, SAVE_MS)
  }

  saveNow(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.place.saveState({ version: STATE_VERSION, ...this.stateNow() } satisfies SavedState)
  }
}
