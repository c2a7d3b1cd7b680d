/** What a recorded line of output says: output is kept as it was printed, and understood when somebody looks at it. */
import { jsonText } from '../jsonText'
import type { ParsedDetail } from '../../shared/protocol/contract'
import { stripAnsi } from '../../shared/lib/ansi'

/** Undefined for a line that was understood when it was recorded, and for one whose format is not known. */
export async function parsedOf(data: Readonly<Record<string, unknown>>): Promise<ParsedDetail | undefined> {
  const { text, logged_at, fields: known } = data
  if (typeof text !== 'string' || logged_at !== undefined || known !== undefined) return undefined
  // All formats are made when the first line is looked at, not when the extension starts.
  const { createLineParser } = await import('../lines/lineParser')
  const parser = createLineParser()
  const { message, loggedAt, logger, fields } = parser.parse(stripAnsi(text))
  if (parser.format === undefined) return undefined
  return {
    format: parser.format.name,
    message,
    ...(loggedAt === undefined ? {} : { logged_at: loggedAt }),
    ...(logger === undefined ? {} : { logger }),
    ...(fields === undefined ? {} : { fields: jsonText(fields, 2) }),
  }
}
