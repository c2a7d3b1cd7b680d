/** Long work in short pieces, where there is no thread for it: in a page. */

const SLICE_MS = 8

export class Slices {
  private began = Date.now()

  /** Whether it is time to let others go on. Ask not too often: a clock costs something too. */
  get isOver(): boolean {
    return Date.now() - this.began >= SLICE_MS
  }

  /** Lets what waits in the page happen: drawing, keys, messages. */
  async rest(): Promise<void> {
    await new Promise<void>((resolve) => void setTimeout(resolve, 0))
    this.began = Date.now()
  }
}
