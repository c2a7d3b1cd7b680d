/** What stood in a line of a file whose event can't say it all in its `text`. */

/** The `raw` of a `log_line`. */
export interface RawLine {
  /**
   * The line's bytes as text: `\xNN` for each that is no character or a control character, `\\` for a backslash. So a person can
   * read it, and secrets are found in it.
   */
  readonly bytes: string
  /** How much of its end is left out: bytes, where the line is no text, else characters. */
  readonly left_out?: number
}

/** As much is kept of a line beside its text. */
const MAX_LENGTH = 64 * 1024
const PIECE = 8192

// eslint-disable-next-line no-control-regex -- those are what is written out
const UNPRINTABLE = /[\x00-\x08\x0a-\x1f\x7f-\xff]|\\/g
// eslint-disable-next-line no-control-regex -- see above
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f-\x9f]|\\/g

export function rawBytes(line: Uint8Array): RawLine {
  let bytes = ''
  const length = Math.min(line.length, MAX_LENGTH)
  for (let from = 0; from < length; from += PIECE) {
    const piece = String.fromCharCode(...line.subarray(from, Math.min(length, from + PIECE)))
    bytes += piece.replace(UNPRINTABLE, (one) => (one === '\\' ? '\\\\' : written(one.charCodeAt(0))))
  }
  return bounded(bytes, line.length)
}

/** The bytes are those of the text in UTF-8. */
export function rawText(line: string): RawLine {
  const bytes = line.slice(0, MAX_LENGTH).replace(CONTROL, (one) => {
    const code = one.charCodeAt(0)
    if (one === '\\') return '\\\\'
    return code < 0x80 ? written(code) : `${written(0xc2)}${written(code)}`
  })
  return bounded(bytes, line.length)
}

function written(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`
}

function bounded(bytes: string, length: number): RawLine {
  return length > MAX_LENGTH ? { bytes, left_out: length - MAX_LENGTH } : { bytes }
}
