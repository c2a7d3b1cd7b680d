/** Where things lie in the line kernel's memory, in bytes, and what the kernel says. */

/**
 * What the kernel tells of its end, 32-bit numbers: where the line begins that was not encoded, where its event begins; for a
 * line with a hint where its newline is, where its text ends in its event, the hint; how many lines were encoded, and how many
 * more the number in the template has digits for.
 */
export const TOLD = { at: 0, out: 4, newline: 8, textEnd: 12, hint: 16, lines: 20, room: 24 } as const
export const TOLD_NUMBERS = 7
export const TABLES = 256
export const AFTER_SPACES = 512
export const HINTS = 1024
export const GRAMS = 16 * 1024
/** What stands behind a plain line's text, and what before each. */
export const END = 48 * 1024
export const TEMPLATE = 56 * 1024
export const TEXT_AROUND_BYTES = 8 * 1024
/** The output of the program; a newline is put behind it. The bytes before it are read too. */
export const INPUT = 64 * 1024 + 256
export const INPUT_BYTES = 64 * 1024
/** The events. */
export const OUTPUT = 2 * INPUT
export const PAGES = 4

/** Why the kernel stopped. */
export const STOPPED = {
  /** All was read or enough written, or no newline ends the line at `at`. */
  done: 0,
  /** The line at `at` must be examined as text. */
  needsText: 1,
  /** The line at `at` has hints; its text is written, its end is not. */
  hasHint: 2,
} as const
