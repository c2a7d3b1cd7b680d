/**
 * A text query as an expression of ripgrep's dialect (Rust's regex crate) over bytes of UTF-8. It finds every line that the
 * query's own expression (textExpression) finds; where it may find more, `exactness` says so and the lines are tested again.
 *
 * Nothing of one dialect's classes is left to the other: each becomes the ASCII characters that our own engine takes, and any run
 * of other bytes where it may take more than ASCII (decoded text has U+FFFD for bytes that are not valid).
 */
import type { TextQuery } from '../../shared/protocol/rows'
import { textExpression } from './textMatcher'

/**
 * Which of the lines found are sure to match: all of them; those of ASCII without a carriage return; none.
 */
export type Exactness = 'always' | 'plain' | 'never'

export interface RipgrepPattern {
  readonly pattern: string
  readonly ignoresCase: boolean
  readonly exactness: Exactness
}

const MAX_PATTERN = 2000
const CARRIAGE_RETURN = '\r'
const HIGH = '(?-u:[\\x80-\\xff]+)'
const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/
const CLASS_ESCAPE = /^\\(?:[dDwWsS]|[pP]\{[^}]*\})/
/** A class of ASCII characters alone, in every text. */
const ASCII_CLASS = /^(?:\\[dw]|\[(?!\^)(?:[ -Z^-~]|\\[dw]|\\[^A-Za-z0-9])*\])$/
/** Case folding joins the Kelvin sign and the long s to these. */
const WITH_OTHERS = /[ks]/i

/** Undefined for what does not mean the same there, or can't be sure to: then the search is ours. */
export function ripgrepPattern(query: TextQuery): RipgrepPattern | undefined {
  if (query.pattern.length > MAX_PATTERN) return undefined
  const ignoresCase = query.caseSensitive !== true
  try {
    // Only what our own engine takes is well formed.
    textExpression(query)
    const translation = new Translation(query.regex === true ? query.pattern : escaped(query.pattern), ignoresCase)
    const pattern = translation.all()
    const exactness = query.wholeWord === true ? 'never' : translation.isExact ? 'always' : 'plain'
    return { pattern, ignoresCase, exactness }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

/** Thrown for what is not translated. */
class Untranslatable extends SyntaxError {}

class Translation {
  isExact = true
  private at = 0

  constructor(
    private readonly source: string,
    private readonly ignoresCase: boolean,
  ) {}

  all(): string {
    let pattern = ''
    while (this.at < this.source.length) pattern += this.next()
    return pattern
  }

  private next(): string {
    const rest = this.source.slice(this.at)
    const first = String.fromCodePoint(rest.codePointAt(0) ?? 0)
    const quantifier = QUANTIFIER.exec(rest)
    // Whether it is lazy makes no difference to whether a line matches.
    if (quantifier !== null) return this.taken(quantifier[0].length, quantifier[0].replace(/(.)\?$/, '$1'))
    switch (first) {
      case '(':
        if (rest.startsWith('(?:')) return this.taken(3, '(?:')
        if (rest.startsWith('(?')) throw new Untranslatable()
        return this.taken(1, '(?:')
      case ')':
      case '|':
      case '^':
        return this.taken(1, first)
      case '$':
        this.isExact = false
        return this.taken(1, '(?:\\r?$)')
      case '.':
        return this.taken(1, this.characters('.'))
      case '[':
        return this.characterClass(rest)
      case '\\':
        return this.escape(rest)
      default:
        return this.taken(first.length, this.literal(first))
    }
  }

  private characterClass(rest: string): string {
    const end = /^\[(?:\\[^]|[^\]\\])*\]/.exec(rest)
    if (end === null) throw new Untranslatable()
    return this.taken(end[0].length, this.characters(end[0]))
  }

  private escape(rest: string): string {
    const named = CLASS_ESCAPE.exec(rest)
    if (named !== null) return this.taken(named[0].length, this.characters(named[0]))
    const second = rest[1] ?? ''
    if (second === 't') return this.taken(2, '\\t')
    // Our own takes the long s for a letter of a word when case does not count.
    if (second === 'b' && !this.ignoresCase) return this.taken(2, '(?-u:\\b)')
    if (/[A-Za-z0-9]/.test(second)) throw new Untranslatable()
    return this.taken(2, this.literal(second))
  }

  private literal(character: string): string {
    if (/[A-Za-z0-9]/.test(character)) return character
    // What it is folded to is a matter of each engine's version of Unicode.
    const isSafe = character >= ' ' && character <= '~' ? true : character === '\t'
    if (!isSafe && (this.ignoresCase || !/^[^\p{C}\p{Surrogate}\ufffd]$/u.test(character))) throw new Untranslatable()
    return isSafe ? hex(character.charCodeAt(0)) : character
  }

  /** Any one of the characters that the class takes. */
  private characters(source: string): string {
    const expression = new RegExp(`^(?:${source})$`, this.ignoresCase ? 'iu' : 'u')
    let ranges = ''
    for (let code = 0; code < 128; code++) {
      const takes = (one: number): boolean => one < 128 && one !== 10 && expression.test(String.fromCharCode(one))
      if (!takes(code)) continue
      const start = code
      while (takes(code + 1)) code++
      ranges += `${hex(start)}-${hex(code)}`
    }
    const ascii = ranges === '' ? undefined : `(?-u:[${ranges}])`
    const isAscii =
      ASCII_CLASS.test(source) && !(this.ignoresCase && (/\\w|-/.test(source) || WITH_OTHERS.test(source)))
    if (!isAscii || expression.test(CARRIAGE_RETURN)) this.isExact = false
    if (isAscii) {
      if (ascii === undefined) throw new Untranslatable()
      return ascii
    }
    return ascii === undefined ? HIGH : `(?:${ascii}|${HIGH})`
  }

  private taken(length: number, made: string): string {
    this.at += length
    return made
  }
}

function hex(code: number): string {
  return `\\x${code.toString(16).padStart(2, '0')}`
}
