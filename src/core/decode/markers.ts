/**
 * Inline markers of chat answers: U+E200 begins one, U+E201 ends it, U+E202 separates its parts, U+E203 to U+E206 delimit
 * spans. They are no text for a reader. A marker is often split over several deltas, so an open one is held back.
 */
const BEGIN = '\ue200'
const END = '\ue201'
/** A marker that never ends is text: the rest of the answer must not vanish behind it. */
const MAX_MARKER = 20_000

export class MarkerFilter {
  private open = ''

  /** The readable text of a piece, as far as it is certain. */
  push(piece: string): string {
    if (this.open === '' && !/[\ue200-\ue206]/.test(piece)) return piece
    let text = this.open + piece
    this.open = ''
    let clean = ''
    for (;;) {
      const begin = text.indexOf(BEGIN)
      if (begin < 0) break
      clean += text.slice(0, begin)
      const end = text.indexOf(END, begin)
      if (end < 0) {
        if (text.length - begin <= MAX_MARKER) {
          this.open = text.slice(begin)
          return strip(clean)
        }
        text = text.slice(begin + 1)
      } else text = text.slice(end + 1)
    }
    return strip(clean + text)
  }
}

/** The readable text of a whole answer. */
export function withoutMarkers(text: string): { clean: string; filter: MarkerFilter } {
  const filter = new MarkerFilter()
  return { clean: filter.push(text), filter }
}

function strip(text: string): string {
  return text.replace(/[\ue200-\ue206]/g, '')
}
