/** Things in the order of their times, thinned evenly over time where there are too many. */
import { stripAnsi } from '../../shared/lib/ansi'

const MAX_LABEL = 200

export class Thinned<T extends { readonly time: number }> {
  private kept: T[] = []
  /** Nearer to the last one than this is too near, in milliseconds. */
  private apart = 0
  /** What was left out. */
  leftOut = 0

  constructor(private readonly limit: number) {}

  get items(): readonly T[] {
    return this.kept
  }

  /** Whether one of that time would be kept now; one that is not is counted by `skip`. */
  hasRoomFor(time: number): boolean {
    const last = this.kept.at(-1)
    return last === undefined || !(time - last.time < this.apart)
  }

  skip(): void {
    this.leftOut++
  }

  /** @param item not before the last one */
  add(item: T): void {
    this.kept.push(item)
    if (this.kept.length > this.limit) this.thin()
  }

  private thin(): void {
    const span = (this.kept.at(-1)?.time ?? 0) - (this.kept[0]?.time ?? 0)
    const before = this.kept.length
    // So many at equal distances are half of what may be.
    this.apart = Math.max(this.apart * 2, (2 * span) / this.limit, 1)
    let last = Number.NEGATIVE_INFINITY
    this.kept = this.kept.filter(({ time }) => {
      if (time - last < this.apart) return false
      last = time
      return true
    })
    this.leftOut += before - this.kept.length
  }
}

/** A text as the label of something small: one line, without colours. */
export function labelOf(text: unknown): string {
  if (typeof text !== 'string') return ''
  const label = stripAnsi(text.slice(0, 4 * MAX_LABEL))
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_LABEL)
  // A part of a string keeps all of it in memory.
  return text.length > 4 * MAX_LABEL ? Array.from(label).join('') : label
}
