/** What an event holds where it should, of the type it should have; logs may be damaged or written by something else. */

/** Texts in summaries are at most this long. */
export const MAX_TEXT = 4000

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** 0 for what is no count. */
export function countOf(value: unknown): number {
  return amountOf(value) ?? 0
}

/** Of what adds up: a number from 0 that leaves room for others, since a sum that is no number any more tells nothing. */
export function amountOf(value: unknown): number | undefined {
  const number = numberOf(value)
  return number !== undefined && number >= 0 && number <= Number.MAX_SAFE_INTEGER ? number : undefined
}

/** Its beginning. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, MAX_TEXT) : undefined
}
