/** Those that models write; the others are shown as they are. */
const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  times: '×',
  middot: '·',
  bull: '•',
  deg: '°',
  euro: '€',
  copy: '©',
  rarr: '→',
  larr: '←',
}

/** Text with its HTML character references (`&amp;`, `&#8212;`) as the characters that they mean. */
export function plainCharacters(text: string): string {
  return text.includes('&')
    ? text.replace(/&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-z]{2,6}));/g, (whole, decimal, hex, name) => {
        if (typeof name === 'string') return Object.hasOwn(named, name) ? (named[name] ?? whole) : whole
        const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16)
        const isCharacter = code > 0 && code <= 0x10_ff_ff && (code < 0xd8_00 || code > 0xdf_ff)
        return isCharacter ? String.fromCodePoint(code) : '\ufffd'
      })
    : text
}
