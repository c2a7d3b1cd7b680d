/**
 * The text of one answer as it grows, and its paragraphs. A long answer gets thousands of pieces, so only the part from
 * the last paragraph on is split again.
 */
export class AnswerText {
  private whole = ''
  private parts: readonly string[] = []
  /** Where the last paragraph begins. */
  private lastStart = 0

  get text(): string {
    return this.whole
  }

  /** What stands between blank lines; several blank lines leave blank parts. A new array after each change. */
  get paragraphs(): readonly string[] {
    return this.parts
  }

  /**
   * Takes a piece: `text` stands at `from`, and what was at `from` and after it is void.
   * @returns false when text before `from` is missing; nothing is changed then
   */
  apply(from: number, text: string): boolean {
    if (from > this.whole.length) return false
    this.whole = from === this.whole.length ? this.whole + text : this.whole.slice(0, from) + text
    const keep = from > this.lastStart ? this.parts.length - 1 : 0
    const start = keep > 0 ? this.lastStart : 0
    const fresh: string[] = []
    // The shortest blank line: where one ends never depends on what comes after it.
    const gap = /\n[^\S\n]*\n/g
    gap.lastIndex = start
    let begin = start
    for (let match = gap.exec(this.whole); match !== null; match = gap.exec(this.whole)) {
      fresh.push(this.whole.slice(begin, match.index))
      begin = gap.lastIndex
    }
    fresh.push(this.whole.slice(begin))
    this.lastStart = begin
    this.parts = keep > 0 ? [...this.parts.slice(0, keep), ...fresh] : fresh
    return true
  }
}
