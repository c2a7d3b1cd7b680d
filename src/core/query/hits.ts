/** Where a text stands in an event, with what is around it. */
import type { AnyEvent } from '../../shared/events/schema'
import { stripAnsi } from '../../shared/lib/ansi'
import { rowOf } from '../rows'

export interface HitText {
  /** One line: the hit and what stands around it. */
  readonly text: string
  /** Where the hit begins in `text`, and how long it is there. */
  readonly from: number
  readonly length: number
}

const BEFORE = 40
const AFTER = 160
const MAX_DEPTH = 64

/** The first place in the row of an event, else in its data; undefined where there is none. */
export function hitOf(event: AnyEvent, expression: RegExp): HitText | undefined {
  return hitIn(stripAnsi(rowOf(0, event).text), expression) ?? hitInside(event.data, expression, 0)
}

/** The first place in a text. */
export function hitIn(text: string, expression: RegExp): HitText | undefined {
  const found = expression.exec(text)
  if (found === null) return undefined
  const start = Math.max(0, found.index - BEFORE)
  const end = Math.min(text.length, found.index + Math.min(found[0].length, AFTER) + AFTER)
  const before = `${start > 0 ? '…' : ''}${oneLine(text.slice(start, found.index))}`
  const hit = oneLine(text.slice(found.index, Math.min(end, found.index + found[0].length)))
  const after = `${oneLine(text.slice(found.index + hit.length, end))}${end < text.length ? '…' : ''}`
  return { text: before + hit + after, from: before.length, length: hit.length }
}

function hitInside(value: unknown, expression: RegExp, depth: number): HitText | undefined {
  if (typeof value === 'string') return hitIn(value, expression)
  if (typeof value === 'number') return hitIn(String(value), expression)
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return undefined
  for (const item of Object.values(value)) {
    const hit = hitInside(item, expression, depth + 1)
    if (hit !== undefined) return hit
  }
  return undefined
}

/** Of the same length: what is no plain character becomes a blank. */
function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are the ones that are meant
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, ' ')
}
