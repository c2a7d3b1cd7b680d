/** Values that strangers wrote, as JSON for a person. */
import { isDeeperThan } from './decode/json'

/** Indentation of more levels is nothing but space. */
const MAX_INDENTED = 100

/** @param indent spaces a level; left out where the value is nested so deeply that nobody could read it */
export function jsonText(value: unknown, indent?: number): string {
  try {
    return JSON.stringify(value, undefined, isDeeperThan(value, MAX_INDENTED) ? undefined : indent)
  } catch {
    // No engine writes what is nested over tens of thousands of levels, though it reads it.
    return '(nested too deeply to be shown; it is in the log as it came)'
  }
}
