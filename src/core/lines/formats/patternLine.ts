/** Lines of a PatternFormat as a person reads them. */
import type { Level } from '../../../shared/events/schema'
import { levelWords } from '../classify'
import { levelNames, type ParsedLine } from '../parsedLine'
import { severityLevels } from './head'
import type { PatternFormat } from './lineFormat'
import type { StampReader } from './stamps'

/** Expressions run on so many characters of a line. */
export const MAX_HEAD = 4096

const NUMBER = /^-?\d{1,15}(?:\.\d{1,9})?$/
/** Groups that are numbers where they look like one. */
const numeric = new Set('pid tid line status bytes duration connection event priority uptime uptimeMs'.split(' '))
const commandLevels: Readonly<Record<string, Level>> = {
  error: 'error',
  warning: 'warn',
  notice: 'info',
  debug: 'debug',
}

/** What the line says, undefined if it is not of this format. The level may still be open. */
export function readPattern(format: PatternFormat, text: string, stamps: StampReader): ParsedLine | undefined {
  const isLong = text.length > MAX_HEAD
  const groups = format.pattern.exec(isLong ? text.slice(0, MAX_HEAD) : text)?.groups
  if (groups === undefined) return undefined
  const fields: Record<string, unknown> = {}
  let loggedAt: number | undefined
  let word: string | undefined
  let logger: string | undefined
  let message: unknown
  let hasFields = false
  for (const group in groups) {
    const value = groups[group]
    if (value === undefined) continue
    // An expression can't have two groups of a name; the second way to write it has a 2 behind.
    const name = group.endsWith('2') ? group.slice(0, -1) : group
    if (name === 'time') {
      loggedAt = format.readTime === undefined ? stamps.ofText(value) : format.readTime(value, stamps)
      if (Number.isNaN(loggedAt)) return undefined
    } else if (name === 'level') word = value
    else if (name === 'logger') logger = value
    else if (name === 'message') message = value
    else {
      hasFields = true
      fields[name] = numeric.has(name) && NUMBER.test(value) ? Number(value) : value
    }
  }
  let level: Level | undefined
  let isContinued = false
  if (word !== undefined) {
    if (format.letters === undefined) {
      const lower = word.toLowerCase()
      level = format.levels?.[lower] ?? levelWords[lower]
      isContinued = format.continuing?.includes(lower) === true
    } else level = format.letters[word]
    if (level === undefined) return undefined
  }
  if (format.levelFrom !== undefined) level = statedBy(format.levelFrom, fields) ?? level
  if (format.refine !== undefined) {
    if (message !== undefined) fields['message'] = message
    format.refine(fields)
    message = fields['message']
    delete fields['message']
    hasFields = true
  }
  const begun = typeof message === 'string' ? message : ''
  return {
    message: isLong ? begun + text.slice(MAX_HEAD) : begun,
    ...(loggedAt === undefined ? {} : { loggedAt }),
    ...(level === undefined ? {} : { level }),
    ...(logger === undefined || logger === '' ? {} : { logger }),
    ...(hasFields && Object.keys(fields).length > 0 ? { fields } : {}),
    ...(isContinued ? { continued: true } : {}),
  }
}

function statedBy(
  way: 'priority' | 'status' | 'command',
  fields: Readonly<Record<string, unknown>>,
): Level | undefined {
  const value = fields[way]
  if (way === 'command') return typeof value === 'string' ? commandLevels[value] : undefined
  const number = Number(value ?? Number.NaN)
  if (Number.isNaN(number)) return undefined
  if (way === 'priority') return levelNames[severityLevels[number & 7] ?? 0]
  if (number < 100) return undefined
  return number >= 500 ? 'error' : number >= 400 ? 'warn' : 'info'
}
