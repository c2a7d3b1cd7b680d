/** One line of a run log. */
import type { AnyEvent } from '../shared/events/schema'
import { isObject, parseJson } from './decode/json'

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
