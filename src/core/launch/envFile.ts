/** Reads environment files: `KEY=value` lines, as dotenv and `docker --env-file` know them. */

export interface EnvFile {
  readonly values: Readonly<Record<string, string>>
  /** Lines that are neither a variable, a comment nor empty, from 1. */
  readonly badLines: readonly number[]
}

const LINE = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*(.*)$/

/**
 * `#` begins a comment at the start of a line and after a blank. In double quotes `\n`, `\r`, `\t`, `\"`, `\\` and `\$`
 * mean what they do elsewhere, in single quotes nothing does; both may go over several lines. The last of two equal keys
 * holds.
 */
export function parseEnvFile(text: string): EnvFile {
  const values = new Map<string, string>()
  const badLines: number[] = []
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? ''
    const found = LINE.exec(line)
    const number = i + 1
    if (found === null) {
      if (!/^[ \t]*(?:#|$)/.test(line)) badLines.push(number)
      continue
    }
    const [, key = '', rest = ''] = found
    const quote = rest.charAt(0)
    if (quote !== '"' && quote !== "'") {
      values.set(key, unquoted(rest))
      continue
    }
    const read = quoted(lines, i, rest.slice(1), quote)
    if (read === undefined) badLines.push(number)
    else {
      values.set(key, read.value)
      i = read.last
    }
  }
  return { values: Object.fromEntries(values), badLines }
}

function unquoted(text: string): string {
  const comment = text.search(/(?:^|[ \t])#/)
  return (comment < 0 ? text : text.slice(0, comment)).trim()
}

/** How many lines a quoted value may take; a quote that is never closed costs its own line only. */
const MAX_QUOTED_LINES = 1000

function quoted(
  lines: readonly string[],
  first: number,
  start: string,
  quote: '"' | "'",
): { value: string; last: number } | undefined {
  const parts: string[] = []
  let line: string | undefined = start
  for (let last = first; line !== undefined && last < first + MAX_QUOTED_LINES; line = lines[++last]) {
    const end = closingQuote(line, quote)
    if (end < 0) {
      parts.push(line)
      continue
    }
    if (!/^[ \t]*(?:#|$)/.test(line.slice(end + 1))) return undefined
    parts.push(line.slice(0, end))
    const value = parts.join('\n')
    return { value: quote === '"' ? unescape(value) : value, last }
  }
  return undefined
}

function closingQuote(line: string, quote: string): number {
  for (let i = 0; i < line.length; i++) {
    if (quote === '"' && line.charAt(i) === '\\') i++
    else if (line.charAt(i) === quote) return i
  }
  return -1
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

function unescape(text: string): string {
  return text.replace(/\\([nrt"\\$])/g, (_whole, letter: string) => ESCAPES[letter] ?? letter)
}
