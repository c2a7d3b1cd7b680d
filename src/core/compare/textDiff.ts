/**
 * What differs between two texts: by lines, and within lines that changed by words. Bounded in time and memory whatever the
 * texts are; what is too different is told as a whole.
 */
import { diffArrays } from 'diff'
import type { ComparedText, DiffPart } from '../../shared/protocol/compare'

/** Of each text. */
const MAX_CHARS = 200_000
/** Differences between the lines of two texts. */
const MAX_LINE_EDITS = 2000
/** Differences between the words of a changed place, words in such a place, and in all of them. */
const MAX_WORD_EDITS = 1000
const MAX_WORDS = 6000
const MAX_WORDS_IN_ALL = 60_000
/** Places that have less in common than this are read better as one text in place of another. */
const MIN_COMMON = 0.3

const LINES = /[^\n]*\n|[^\n]+$/g
const WORDS = /[\p{L}\p{M}\p{N}_]+|[^\S\n]+|[^]/gu

export function diffText(left: string, right: string): ComparedText {
  const cut = { left: Math.max(0, left.length - MAX_CHARS), right: Math.max(0, right.length - MAX_CHARS) }
  const wasCut = cut.left > 0 || cut.right > 0
  const [a, b] = [cutAt(left, MAX_CHARS), cutAt(right, MAX_CHARS)]
  const told = a === b ? { parts: partsOf(a, a), coarse: false } : diffLines(a, b)
  return {
    parts: told.parts,
    same: left === right,
    ...(told.coarse ? { coarse: true } : {}),
    ...(wasCut ? { cut } : {}),
  }
}

/** The entries of two lists as parts, one an entry. */
export function diffList(left: readonly string[], right: readonly string[]): DiffPart[] {
  const changes = diffArrays([...left], [...right], { maxEditLength: MAX_LINE_EDITS })
  if (changes === undefined) {
    return [
      ...left.map((text): DiffPart => ({ side: 'left', text })),
      ...right.map((text): DiffPart => ({ side: 'right', text })),
    ]
  }
  return changes.flatMap((change) => change.value.map((text): DiffPart => ({ side: sideOf(change), text })))
}

function diffLines(left: string, right: string): { parts: DiffPart[]; coarse: boolean } {
  const changes = diffArrays(left.match(LINES) ?? [], right.match(LINES) ?? [], { maxEditLength: MAX_LINE_EDITS })
  if (changes === undefined) return { parts: partsOf(left, right), coarse: true }
  const parts: DiffPart[] = []
  const budget = { words: MAX_WORDS_IN_ALL }
  let coarse = false
  let removed = ''
  for (const change of changes) {
    const text = change.value.join('')
    if (change.removed) {
      removed = text
      continue
    }
    if (!change.added) {
      parts.push(...partsOf(removed, ''), { side: 'both', text })
    } else {
      const words = removed === '' ? undefined : diffWords(removed, text, budget)
      if (words === 'too many') coarse = true
      parts.push(...(Array.isArray(words) ? words : partsOf(removed, text)))
    }
    removed = ''
  }
  parts.push(...partsOf(removed, ''))
  return { parts: joined(parts), coarse }
}

/** Undefined where the two have little in common. */
function diffWords(left: string, right: string, budget: { words: number }): DiffPart[] | 'too many' | undefined {
  // Words are a character each at least: a text that can't be within the bound is not taken apart.
  if (Math.max(left.length, right.length) > MAX_WORDS * 30) return 'too many'
  const [a, b] = [left.match(WORDS) ?? [], right.match(WORDS) ?? []]
  const words = a.length + b.length
  if (words > MAX_WORDS || words > budget.words) return 'too many'
  budget.words -= words
  const changes = diffArrays(a, b, { maxEditLength: MAX_WORD_EDITS })
  if (changes === undefined) return undefined
  const parts = changes.map((change): DiffPart => ({ side: sideOf(change), text: change.value.join('') }))
  // White space and points are in all texts.
  const common = changes
    .filter(({ added, removed }) => !added && !removed)
    .flatMap(({ value }) => value)
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .reduce((length, word) => length + word.length, 0)
  return common < Math.max(left.length, right.length) * MIN_COMMON ? undefined : parts
}

function sideOf({ added, removed }: { added: boolean; removed: boolean }): DiffPart['side'] {
  return added ? 'right' : removed ? 'left' : 'both'
}

function partsOf(left: string, right: string): DiffPart[] {
  if (left === right) return left === '' ? [] : [{ side: 'both', text: left }]
  return [
    ...(left === '' ? [] : [{ side: 'left' as const, text: left }]),
    ...(right === '' ? [] : [{ side: 'right' as const, text: right }]),
  ]
}

/** Neighbours of one side become one. */
function joined(parts: readonly DiffPart[]): DiffPart[] {
  const made: DiffPart[] = []
  for (const part of parts) {
    const last = made.at(-1)
    if (last?.side === part.side) made[made.length - 1] = { side: part.side, text: last.text + part.text }
    else made.push(part)
  }
  return made
}

/** Never between the two halves of a character. */
function cutAt(text: string, length: number): string {
  if (text.length <= length) return text
  const code = text.charCodeAt(length - 1)
  return text.slice(0, code >= 0xd800 && code < 0xdc00 ? length - 1 : length)
}
