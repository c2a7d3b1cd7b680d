/** Pieces of the formats' regular expressions. Each is bounded or ends where the next begins, so that none takes long on any text. */

/** The stamps of stamps.ts, by kind. */
export const ISO = String.raw`\d{4}(?:[-/.]\d\d[-/.]\d\d|\d{4})[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,12})?(?:Z| (?:UTC|GMT)| ?[+-]\d\d(?::?\d\d)?(?!\d))?`
export const MONTH_DAY = String.raw`\d\d-\d\d \d\d:\d\d:\d\d(?:[.,]\d{1,12})?`
export const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)'
export const CLOCK = String.raw`\d\d:\d\d:\d\d(?:[.,]\d{1,12})?`
export const BSD = String.raw`${MONTH} (?: \d|\d\d|\d) (?:\d{4} )?${CLOCK}`
export const EPOCH = String.raw`\d{9,19}(?:\.\d{1,12})?`
export const CLF = String.raw`\d\d/${MONTH}/\d{4}:${CLOCK}(?: [+-]\d{4}(?!\d))?`

/** A level word; whether it is one, the format's levels say. */
export const WORD = String.raw`[A-Za-z]{1,12}(?![\w\u0080-\uffff])`
export const UPPER = String.raw`[A-Z]{1,12}(?![\w\u0080-\uffff])`
/** The rest of the line, whatever it holds. */
export const REST = String.raw`(?<message>[^]*)$`

/** The expression of a head: anchored, without the blanks and line breaks between its lines. */
export function head(...pieces: readonly string[]): RegExp {
  return new RegExp(`^${pieces.join('')}`)
}
