/** A line of a text file as it goes to a run. */
import type { EventData } from '../../shared/events/schema'
import { cleanLine } from './cleanLine'
import type { DecodedLine } from './lineDecoder'
import type { LineParser } from './lineParser'
import { rawBytes, rawText } from './rawLine'

/** As it is, not looked into. */
export function plainLine(file: string, { text }: DecodedLine): EventData<'log_line'> {
  return { text: cleanLine(text), stream: 'file', source: file }
}

/** With what the parser reads in it. */
export function lineData(file: string, line: DecodedLine, parser: LineParser): EventData<'log_line'> {
  const { text, raw, cutBytes, unterminated } = line
  const { level, outcome, loggedAt, logger, fields, continued } = parser.parse(text)
  const clean = cleanLine(text)
  const unsaid = raw !== undefined ? rawBytes(raw) : clean === text ? undefined : rawText(text)
  return {
    text: clean,
    stream: 'file',
    source: file,
    ...(level === undefined ? {} : { level }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(loggedAt === undefined ? {} : { logged_at: new Date(loggedAt).toISOString() }),
    ...(logger === undefined ? {} : { logger }),
    ...(fields === undefined ? {} : { fields }),
    ...(continued === true ? { continued } : {}),
    ...(unterminated === true ? { unterminated } : {}),
    ...(cutBytes === undefined ? {} : { cut_bytes: cutBytes }),
    ...(unsaid === undefined ? {} : { raw: unsaid }),
  }
}
