/** Formats of a person's own: a regular expression with named groups, as a setting has it. */
import type { Level } from '../../../shared/events/schema'
import { UserError } from '../../../shared/userError'
import { levelNumbers } from '../parsedLine'
import type { PatternFormat } from './lineFormat'
import { readPattern } from './patternLine'
import { repetitionProblem, slowProblem } from './patternSafety'
import { StampReader } from './stamps'
import { compileTimeFormat } from './timeFormat'

export interface CustomFormat {
  readonly name: string
  /** Named groups: `time`, `level`, `logger`, `message`; every other one becomes a field. */
  readonly pattern: string
  /** How `time` is written, with the letters of strptime: `%d.%m.%Y %H:%M:%S`. Without it, any common stamp is understood. */
  readonly timeFormat?: string
  /** Levels by their words or letters in this format. */
  readonly levels?: Readonly<Record<string, string>>
  /** A line that the pattern must match. */
  readonly sample?: string
}

/**
 * A custom format as one that the parser and the scanner take.
 *
 * @throws UserError that names the key and what is wrong with it
 */
export function compileFormat(format: CustomFormat): PatternFormat {
  const { name, pattern: source, sample } = format
  const problem = (key: string, what: string): UserError =>
    new UserError(`The log format "${name}" has a bad ${key}: ${what}.`, 'bad_format', 'bad_input')
  if (name.trim() === '') throw new UserError('A log format has no name.', 'bad_format', 'bad_input')
  let pattern: RegExp
  try {
    pattern = new RegExp(source.startsWith('^') ? source : `^(?:${source})`)
  } catch (error) {
    throw problem('pattern', `${reasonOf(error)} (${source})`)
  }
  const groups = groupsOf(source)
  if (groups.length === 0)
    throw problem('pattern', 'it has no named group such as (?<time>…), (?<level>…) or (?<message>…)')
  const unsafe = repetitionProblem(source)
  if (unsafe !== undefined) throw problem('pattern', unsafe)
  const levels = levelsOf(format.levels ?? {}, problem)
  const readTime = format.timeFormat === undefined ? undefined : timeReader(format.timeFormat, groups, problem)
  const compiled: PatternFormat = {
    kind: 'pattern',
    id: `custom:${name}`,
    name,
    pattern,
    levels,
    ...(readTime === undefined ? {} : { readTime }),
  }
  if (sample !== undefined) checkSample(compiled, sample, problem)
  const slow = slowProblem(pattern, source, sample)
  if (slow !== undefined) throw problem('pattern', slow)
  return compiled
}

type Problem = (key: string, what: string) => UserError

/** V8 says `Invalid regular expression: /…/: what is wrong`. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.slice(message.lastIndexOf('/: ') < 0 ? 0 : message.lastIndexOf('/: ') + 3)
}

function groupsOf(source: string): readonly string[] {
  return [...source.matchAll(/\(\?<([A-Za-z_$][\w$]*)>/g)].map(([, group = '']) => group)
}

function levelsOf(levels: Readonly<Record<string, string>>, problem: Problem): Readonly<Record<string, Level>> {
  return Object.fromEntries(
    Object.entries(levels).map(([word, level]) => {
      if (!isLevel(level))
        throw problem('levels', `"${word}" is "${level}", which is none of ${Object.keys(levelNumbers).join(', ')}`)
      return [word.toLowerCase(), level]
    }),
  )
}

function isLevel(word: string): word is Level {
  return Object.hasOwn(levelNumbers, word)
}

function timeReader(timeFormat: string, groups: readonly string[], problem: Problem): PatternFormat['readTime'] {
  if (!groups.includes('time')) throw problem('timeFormat', 'the pattern has no group (?<time>…) for it')
  const compiled = compileTimeFormat(timeFormat)
  if (typeof compiled === 'string') throw problem('timeFormat', compiled)
  return compiled
}

/** Where the pattern stops is said by the longest part of its beginning that still matches. */
function checkSample(format: PatternFormat, sample: string, problem: Problem): void {
  const groups = format.pattern.exec(sample)?.groups
  if (groups === undefined) throw problem('pattern', `it does not match its sample "${sample}"`)
  if (readPattern(format, sample, new StampReader()) !== undefined) return
  const { time, level } = groups
  const readsTime =
    time === undefined ||
    !Number.isNaN((format.readTime ?? ((text) => new StampReader().ofText(text)))(time, new StampReader()))
  if (!readsTime) {
    const key = format.readTime === undefined ? 'pattern' : 'timeFormat'
    throw problem(key, `"${time}" of its sample is not understood as a time`)
  }
  throw problem('levels', `"${level ?? ''}" of its sample is no level; say which it is`)
}
