/**
 * Inline markers of chat answers: U+E200 begins one, U+E201 ends it, U+E202 separates its parts, U+E203 to U+E206 delimit
 * spans. They are no text for a reader. A marker is often split over several deltas, so an open one is held back.
 */
const BEGIN = '\ue200'
const END = '\ue201'
const ANY = /[\ue200-\ue206]/
const ALL = /[\ue200-\ue206]/g
/** Payloads may be JSON of some kilobytes. A marker longer than this is none: the answer must not vanish behind it. */
const MAX_MARKER = 256 * 1024
/** The beginning of a citation or another short marker that never got its end. */
const CUT_MARKER = /^[a-z_]*(?:\ue202[\w:.-]*)*$/i

/** Takes the raw text of one message in pieces and gives its readable text, as far as that is certain. */
export class MarkerFilter {
  /** Pieces of a marker that is not whole yet, without its U+E200; undefined outside. */
  private open: string[] | undefined
  private openLength = 0

  push(piece: string): string {
    if (this.open === undefined && !ANY.test(piece)) return piece
    let clean = ''
    let rest = piece
    while (rest !== '') {
      if (this.open === undefined) {
        const begin = rest.indexOf(BEGIN)
        clean += begin < 0 ? rest : rest.slice(0, begin)
        if (begin < 0) break
        this.open = []
        this.openLength = 0
        rest = rest.slice(begin + 1)
      } else {
        const end = rest.indexOf(END)
        if (end >= 0) {
          this.open = undefined
          rest = rest.slice(end + 1)
        } else {
          this.open.push(rest)
          this.openLength += rest.length
          rest = this.openLength > MAX_MARKER ? this.giveUp() : ''
        }
      }
    }
    return clean.replace(ALL, '')
  }

  /** The text is finished: what was held back and is no marker. */
  end(): string {
    if (this.open === undefined) return ''
    const text = this.giveUp()
    return CUT_MARKER.test(text) ? '' : text.replace(ALL, '')
  }

  private giveUp(): string {
    const text = (this.open ?? []).join('')
    this.open = undefined
    return text
  }
}

/** The readable text of a whole text so far, and the filter that goes on from there. */
export function withoutMarkers(text: string): { readonly clean: string; readonly filter: MarkerFilter } {
  const filter = new MarkerFilter()
  return { clean: filter.push(text), filter }
}
