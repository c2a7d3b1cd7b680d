/**
 * The count of a view that grows. At the live end the rows are on their way by themselves, so a count that comes before them
 * gets a moment: else the list would show places without rows.
 */

/** How long a count may run ahead of the tail that brings its rows, before the rows are asked for; milliseconds. */
const TAIL_GRACE_MS = 250

export class EarlyCount {
  private ahead: { timer: ReturnType<typeof setTimeout>; count: number } | undefined

  /** @param grow takes a count that is to be shown now */
  constructor(private readonly grow: (count: number) => void) {}

  /** A count that came with its rows. */
  arrive(count: number): void {
    if (this.ahead !== undefined && count >= this.ahead.count) this.forget()
    this.grow(count)
  }

  /** A count without its rows, while the tail brings them. */
  announce(count: number): void {
    if (this.ahead !== undefined) {
      this.ahead.count = count
      return
    }
    const timer = setTimeout(() => {
      const late = this.ahead
      this.ahead = undefined
      if (late !== undefined) this.grow(late.count)
    }, TAIL_GRACE_MS)
    this.ahead = { timer, count }
  }

  forget(): void {
    clearTimeout(this.ahead?.timer)
    this.ahead = undefined
  }
}
