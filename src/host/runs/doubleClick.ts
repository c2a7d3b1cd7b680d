/** Tells the second of two clicks on the same thing from the first: the editor tells a view's rows of clicks alone. */
const DOUBLE_MS = 500

export class DoubleClick {
  private last: { readonly on: string; readonly at: number } | undefined

  /** @param now milliseconds */
  constructor(private readonly now: () => number) {}

  /** Notes a click. @returns whether it is the second one */
  note(on: string): boolean {
    const at = this.now()
    const isSecond = this.last?.on === on && at - this.last.at <= DOUBLE_MS
    this.last = isSecond ? undefined : { on, at }
    return isSecond
  }
}
