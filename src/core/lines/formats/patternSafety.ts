/**
 * Whether a person's regular expression is safe on hostile lines: an expression can't be stopped once it runs. What is known to
 * explode is refused by its shape, the rest by trying it on ever longer texts made to annoy it.
 */
import { MAX_HEAD } from './patternLine'

const GROUP_START = /^\((?:\?(?:[:=!]|<[=!]|<[A-Za-z_$][\w$]*>))?/
const ATOM = /^(?:\\(?:k<[^>]*>|u[\da-fA-F]{4}|x[\da-fA-F]{2}|[^])|\[(?:[^\]\\]|\\[^])*\]|[^])/
const QUANTIFIER = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/
/** A repetition that may go on for longer than this counts as endless. */
const FEW = 8

interface Group {
  readonly start: number
  /** Atoms that repeat, here and in the groups inside. */
  readonly repeated: string[]
  /** Characters that must be there between them. */
  readonly fixed: string[]
}

/** What makes the expression explode, undefined if its shape is harmless. It is a valid one. */
export function repetitionProblem(source: string): string | undefined {
  const open: Group[] = [{ start: 0, repeated: [], fixed: [] }]
  let at = 0
  while (at < source.length) {
    const rest = source.slice(at)
    const here = open.at(-1) ?? { start: 0, repeated: [], fixed: [] }
    const character = rest.charAt(0)
    if (character === '(') {
      open.push({ start: at, repeated: [], fixed: [] })
      at += GROUP_START.exec(rest)?.[0].length ?? 1
      continue
    }
    let closed: Group | undefined
    let atom = character
    if (character === ')') {
      closed = open.pop()
      at++
    } else {
      atom = ATOM.exec(rest)?.[0] ?? character
      if (/^\\(?:[1-9]|k<)/.test(atom))
        return `it refers back to a group at character ${String(at + 1)}, which can take for ever`
      at += atom.length
    }
    const quantifier = QUANTIFIER.exec(source.slice(at))
    at += quantifier?.[0].length ?? 0
    const repeats = quantifier !== null && isEndless(quantifier)
    if (closed === undefined) {
      if (repeats) here.repeated.push(atom)
      else if (quantifier === null && /^(?:[^.^$|\\[]|\\[^\w])$/.test(atom)) here.fixed.push(atom)
      continue
    }
    if (repeats && isAmbiguous(closed))
      return `the repeated group at character ${String(closed.start + 1)} repeats inside too: ${source.slice(closed.start, at)}. On some lines that takes for ever`
    open.at(-1)?.repeated.push(...closed.repeated)
  }
  return undefined
}

function isEndless([whole, from, comma, to]: RegExpExecArray): boolean {
  if (whole.startsWith('?')) return false
  if (from === undefined) return true
  return comma === '' ? Number(from) > FEW : to === '' || Number(to) > FEW
}

/** Whether the rounds of a repeated group can't be told apart: nothing in it stands between what repeats. */
function isAmbiguous({ repeated, fixed }: Group): boolean {
  if (repeated.length === 0) return false
  return !fixed.some((character) => {
    const plain = character.slice(-1)
    return repeated.every((atom) => !new RegExp(`^${atom}$`).test(plain))
  })
}

/** Beyond this an expression is refused, ms: a line of the built-in formats takes a few µs. */
const TOO_LONG = 100
/** Exponential ones show among the first, the others among the last. */
const sizes = [8, 12, 16, 20, 24, 28, 64, 128, 256, 512, 1024, 2048, MAX_HEAD]

/** What is wrong if the expression takes long on some text, undefined if it does not. */
export function slowProblem(pattern: RegExp, source: string, sample = ''): string | undefined {
  const letters = new Set([
    'a',
    'A',
    '0',
    ' ',
    '_',
    '-',
    '.',
    ':',
    '"',
    '[',
    ...Array.from(source.replace(/\\./g, '').slice(0, 60)),
  ])
  const units = [...letters, 'a ', 'a0', '0:', 'a.', '[a]', sample.slice(0, 20), sample.slice(0, 60), sample].filter(
    (unit) => unit !== '',
  )
  for (const size of sizes) {
    for (const unit of units) {
      const hostile = `${unit.repeat(Math.ceil(size / unit.length)).slice(0, size)}\u0000`
      for (const text of [hostile, sample.slice(0, Math.max(0, MAX_HEAD - size)) + hostile]) {
        // Twice, for the machine may have been busy.
        if (timeOf(pattern, text) > TOO_LONG && timeOf(pattern, text) > TOO_LONG)
          return `it takes longer than ${String(TOO_LONG)} ms on a line of ${String(text.length)} characters such as ${JSON.stringify(text.slice(0, 24))}…; bound its repetitions, as in [^ ]{1,80} in place of .*`
      }
    }
  }
  return undefined
}

function timeOf(pattern: RegExp, text: string): number {
  const start = Date.now()
  pattern.exec(text)
  return Date.now() - start
}
