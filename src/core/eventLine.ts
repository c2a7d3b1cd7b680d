/** One line of a run log. */
import type { AnyEvent } from '../shared/events/schema'

/** One event line (with or without its leading comma), or undefined when it is damaged. */
export function parseEventLine(line: string): AnyEvent | undefined {
  const value = parseJson(line.startsWith(',') ? line.slice(1) : line)
  if (!isObject(value)) return undefined
  const { seq, timestamp, phase, data } = value
  const whole =
    typeof seq === 'number' &&
    typeof timestamp === 'string' &&
    typeof phase === 'string' &&
    phase !== '' &&
    isObject(data)
  return whole ? (value as AnyEvent) : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Damaged text is an answer of its own (undefined), which every caller counts or reports.
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
