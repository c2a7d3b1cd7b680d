/** What is wrong with a regular expression, and where. */
export interface ExpressionProblem {
  readonly reason: string
  /** 1-based number of the character where it goes wrong. */
  readonly at: number
}

/**
 * Undefined for a valid expression. The engine says only what is wrong, so the place is where the last unbroken chain of
 * beginnings with that same fault starts.
 */
export function expressionProblem(pattern: string, flags: string): ExpressionProblem | undefined {
  const reason = faultOf(pattern, flags)
  if (reason === undefined) return undefined
  // Long patterns are pasted, not typed: their end is as good a hint.
  let length = pattern.length
  if (length <= 1000) while (length > 1 && faultOf(pattern.slice(0, length - 1), flags) === reason) length--
  return { reason, at: length }
}

function faultOf(pattern: string, flags: string): string | undefined {
  try {
    new RegExp(pattern, flags)
    return undefined
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    // V8 says `Invalid regular expression: /a(/u: Unterminated group`; the pattern itself may hold colons.
    const prefix = `Invalid regular expression: /${pattern}/${flags}: `
    return message.startsWith(prefix) ? message.slice(prefix.length) : message.slice(message.lastIndexOf(': ') + 2)
  }
}
