/** What lines have in common when numbers, ids and progress bars are taken out: the pattern that a program prints them by. */
import { stripAnsi } from '../../shared/lib/ansi'

/** Of the text that a pattern is made of: what differs behind it is not told apart. */
const MAX_TEXT = 400
/** With its escape codes. */
const MAX_RAW = 4000
const MAX_PATTERNS = 5000
const MAX_SAMPLE = 300

const BAR = /(?<=[[|])[\u2500-\u259f\u25a0\u25a1#=>.\- ]{3,}(?=[\]|])|[\u2500-\u259f\u25a0\u25a1]+/g
const DIGIT = /\d/
/** Rows of points, rules. */
const ROW = /([^\w\s])\1{2,}/g
/** Hashes, UUIDs, addresses. */
const ID = /\b(?:0x)?(?=[a-f]*\d)[0-9a-f]{6,}(?:-[0-9a-f]{4,})*\b/gi
const SIGN = /(?<=^|[\s=:(,[{|])[-+](?=[\d.]*\d)/g
const NUMBER = /\.?\d+(?:[.,:/_-]\d+)*(?:e[+-]?\d+)?/gi

/** `loss=#, step # of #` */
export function patternOf(raw: string): string {
  return patternOfText(plain(raw))
}

function plain(raw: string): string {
  return stripAnsi(raw.slice(0, MAX_RAW)).slice(0, MAX_TEXT)
}

function patternOfText(text: string): string {
  const bare = text.replace(BAR, '▒').replace(ROW, '$1$1$1')
  const masked = DIGIT.test(bare) ? bare.replace(ID, '#').replace(SIGN, '').replace(NUMBER, '#') : bare
  return masked.replace(/\s+/g, ' ').trim()
}

export interface PatternCount {
  readonly pattern: string
  count: number
  /** Of the first line. */
  readonly seq: number
  readonly sample: string
  readonly level?: string
}

/** The patterns of a run's lines with how often they came. What comes when 5,000 are known is counted together. */
export class PatternTable {
  private readonly patterns = new Map<string, PatternCount>()
  lines = 0
  leftOut = 0

  add(raw: string, seq: number, level: string | undefined): void {
    const text = plain(raw)
    const pattern = patternOfText(text)
    if (pattern === '') return
    this.lines++
    const known = this.patterns.get(pattern)
    if (known !== undefined) {
      known.count++
      return
    }
    if (this.patterns.size >= MAX_PATTERNS) {
      this.leftOut++
      return
    }
    const sample = text.slice(0, MAX_SAMPLE)
    this.patterns.set(pattern, { pattern, count: 1, seq, sample, ...(level === undefined ? {} : { level }) })
  }

  all(): readonly Readonly<PatternCount>[] {
    return [...this.patterns.values()]
  }
}
