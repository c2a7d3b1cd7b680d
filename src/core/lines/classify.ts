/**
 * The level and the outcome of a line that has neither in a field of its own, from its words.
 *
 * A level that the line states (`[WARN]`, `ERROR:`, `level=info`, `E1120 …`) counts before anything else in it. Where it states
 * none, whole words count: error, warning and so on for the level, passed, failed, done and so on for the outcome. A word does
 * not count inside a path, an address, an option or an identifier (`errors.py`, `--on-error`, `error_count`, `error(`), in
 * quotes by itself, where it is denied (`no errors`, `0 failed`, `errors: 0`, `error-free`) or where it names a quantity
 * (`error: 0.0123`, `error rate`).
 *
 * Every line that is marked here holds one of the hints in lineHints.ts, or begins with a letter for its level.
 */
import type { Level } from '../../shared/events/schema'
import { hintsAtLevel } from './lineHints'

export interface LineClass {
  readonly level?: Level
  readonly outcome?: 'success' | 'failure'
}

/** Words behind this are not looked at. */
const MAX_TEXT = 1000
/** A stated level stands in this part of the line. */
const MAX_PREFIX = 120
const NOTHING: LineClass = {}

/** @param text one line, without escape codes */
export function classifyLine(text: string): LineClass {
  const line = text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text
  if (!hintsAtLevel(line, line.length) && !LETTER.test(line)) return NOTHING
  const stated = statedLevel(line)
  if (stated !== undefined) {
    const outcome = statedOutcome(line, stated)
    return { level: stated, ...(outcome === undefined ? {} : { outcome }) }
  }
  const found = wordsOf(line)
  const level = phraseLevel(line) ?? found.level
  const outcome = tickOf(line) ?? found.outcome
  if (level === undefined && outcome === undefined) return NOTHING
  return { ...(level === undefined ? {} : { level }), ...(outcome === undefined ? {} : { outcome }) }
}

/** Levels by their words, in lower case. */
export const levelWords: Readonly<Record<string, Level>> = {
  trace: 'trace',
  trc: 'trace',
  verbose: 'debug',
  vrb: 'debug',
  debug: 'debug',
  dbg: 'debug',
  info: 'info',
  inf: 'info',
  information: 'info',
  notice: 'info',
  warn: 'warn',
  wrn: 'warn',
  warning: 'warn',
  err: 'error',
  error: 'error',
  severe: 'error',
  critical: 'fatal',
  crit: 'fatal',
  alert: 'fatal',
  emerg: 'fatal',
  emergency: 'fatal',
  fatal: 'fatal',
  ftl: 'fatal',
  panic: 'fatal',
}
/** Levels by the first letter in glog and logcat. */
export const levelLetters: Readonly<Record<string, Level>> = {
  V: 'trace',
  D: 'debug',
  I: 'info',
  W: 'warn',
  E: 'error',
  F: 'fatal',
  A: 'fatal',
}
/** The numbers of pino and bunyan. */
const numbers: readonly Level[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

const FIELD =
  /(?:^|[\s{,])"?(?:level|lvl|severity|levelname|log\.level)"?\s{0,2}[:=]\s{0,2}"?([A-Za-z]+|[1-6]0(?=[,}\s]))/
/** glog, logcat, and pytest's lines of an assertion begin with these. */
const LETTER = /^[VDIWEFA](?:\d{4} | {2}|\/)/
const GLOG = /^([IWEF])\d{4} \d\d:\d\d:\d\d/
const LOGCAT = /^([VDIWEFA])\/[^:]{0,80}: /
const UPPER =
  /(^|[^\w/\\.])(TRACE|VERBOSE|DEBUG|INFO|NOTICE|WARN|WARNING|(?:(?<= |^)ERR|ERR(?=[:!\]]))|ERROR|SEVERE|CRITICAL|CRIT|ALERT|EMERG|EMERGENCY|FATAL)(?=$|[\s:!|\])>,-])/g
const BRACKETED =
  /(?:^|[\s\]})#])[[(<]\s?(trace|verbose|debug|info|information|notice|warn|warning|error|err(?=\])|critical|crit|alert|emerg|fatal)\s{0,3}[\])>]/i
/** `[12:00:00 INF]` */
const SHORT = /^\[?[\d:.,T+Z -]{0,40}\[?(VRB|TRC|DBG|INF|WRN|ERR|FTL)\]/
const LEADING = /^\s{0,20}(trace|verbose|debug|info|notice): /i
/** What may stand before a stated level: nothing, a time, a bracket, a separator. */
const BEFORE_STATED = /(?:^|[\d\])}|>:,-]|\dZ)\s*[[(<]?$/
/** What makes a word a stated level though a name stands before it: `app ERROR: …`, `worker | INFO`. */
const AFTER_STATED = /^\s{0,8}[\]:|>)!-]/

function statedLevel(line: string): Level | undefined {
  const letter = (GLOG.exec(line) ?? LOGCAT.exec(line))?.[1]
  if (letter !== undefined) return levelLetters[letter]
  const field = line.includes('ev') || line.includes('lvl') ? FIELD.exec(line)?.[1] : undefined
  if (field !== undefined) {
    const level = /^\d/.test(field) ? numbers[Number(field) / 10 - 1] : levelWords[field.toLowerCase()]
    if (level !== undefined) return level
  }
  const prefix = line.slice(0, MAX_PREFIX)
  const short = SHORT.exec(prefix)?.[1] ?? BRACKETED.exec(prefix)?.[1] ?? LEADING.exec(prefix)?.[1]
  if (short !== undefined) return levelWords[short.toLowerCase()]
  if (/\bnpm WARN\b/.test(prefix)) return 'warn'
  for (const match of prefix.matchAll(UPPER)) {
    const word = match[2] ?? ''
    const start = match.index + (match[1] ?? '').length
    const end = start + word.length
    const isStated = BEFORE_STATED.test(prefix.slice(0, start)) || AFTER_STATED.test(prefix.slice(end))
    // `ERROR rate`, `0 ERROR`, `ERROR: 0`, `FATAL: none`
    if (isStated && !isDenied(line, start, end, line.slice(start, end).toLowerCase()))
      return levelWords[word.toLowerCase()]
  }
  return undefined
}

/** Beside a stated level only a verdict in capitals or a tick counts. */
export function statedOutcome(line: string, level: Level): LineClass['outcome'] {
  const tick = tickOf(line)
  if (tick !== undefined) return tick
  if (/\bBUILD FAIL(?:URE|ED)\b/.test(line)) return 'failure'
  return level === 'info' && /\bBUILD SUCCESS/.test(line) ? 'success' : undefined
}

const TICK = /(?:^|[\s[(:|])([✓✔✅✗✘✖✕])/u

function tickOf(line: string): LineClass['outcome'] {
  const tick = TICK.exec(line)?.[1]
  if (tick === undefined) return undefined
  return '✓✔✅'.includes(tick) ? 'success' : 'failure'
}

/** Phrases that say more than their words. */
const phrases: readonly (readonly [RegExp, Level])[] = [
  [/^Traceback \(most recent call last\)/, 'error'],
  [/^\s{0,40}panic: |\bpanicked at\b|\bkernel panic\b/i, 'fatal'],
  [/\bsegmentation fault\b|\bcore dumped\b|\bout of memory\b/i, 'fatal'],
  [/^(?:Killed|Aborted)(?:$|[\s:(])|: (?:line \d+: )?(?:\d+ )?(?:Killed|Aborted)(?:$|\s)/, 'fatal'],
  [/(?:^|[\s:])fatal(?::| (?:error|exception|signal)\b|\s+python error\b)/i, 'fatal'],
  [/(?:^|\s)npm (?:ERR!|error )/, 'error'],
  [/^E {2,8}\S/, 'error'],
  [/\w(?:Error|Exception)(?=:?\s{0,8}$|: )/, 'error'],
  [/\w\.(?:[A-Z]\w{0,60})?(?:Error|Exception)(?=:?\s{0,8}$|: )/, 'error'],
  [/\b(?:command not found|permission denied|connection refused|access denied)\b/i, 'error'],
  [/\b(?:unhandled|uncaught) exception\b|^exception\b|\bexception in thread\b/i, 'error'],
  [/\w[a-z]Warning(?=: )/, 'warn'],
]

function phraseLevel(line: string): Level | undefined {
  for (const [pattern, level] of phrases) if (pattern.test(line)) return level
  return undefined
}

// Words that are marked; the hints name a piece of each.
const WORD =
  /(?<![\w/\\.$@#%&?+~-]|::)(errors?|warnings?|warn|deprecated|fail(?:s|ed|ing|ures?)?|pass(?:ed|es|ing)?|success(?:ful|fully|es)?|succe(?:ss|ed)(?:s|ed)?|ok|done|completed?)(?![\w/\\$@(]|-\w|\.\w|::)/gi

/** Stronger ones win: a line with an error and a warning is an error, one with a failure is no success. */
const rank: Readonly<Record<Level, number>> = { trace: 0, debug: 1, info: 2, warn: 3, error: 4, fatal: 5 }

function wordsOf(line: string): LineClass {
  let level: Level | undefined
  let outcome: LineClass['outcome']
  for (const match of line.matchAll(WORD)) {
    const word = match[0]
    const start = match.index
    const end = start + word.length
    const lower = word.toLowerCase()
    if (isDenied(line, start, end, lower)) continue
    const found = meaningOf(line, start, end, word, lower)
    if (found === 'success' || found === 'failure') {
      if (outcome !== 'failure') outcome = found
    } else if (found !== undefined && (level === undefined || rank[found] > rank[level])) level = found
  }
  return { ...(level === undefined ? {} : { level }), ...(outcome === undefined ? {} : { outcome }) }
}

const DENYING =
  /(?:^|[^\d.,=:])0 (?:[a-z]+ )?$|\b0 ?(?:\/|of|out of) ?\d+ (?:[a-z]+ )?$|\b(?:no|not|nor|zero|never|without|any|if|whether|unless|until|may|might|can|could|would|should|must|will|won't|ignor(?:e|ed|ing)|suppress|on|of|non|n't|cannot|to|mean|squared|absolute|relative|standard|than|percent)(?: (?:an?|be|have|has|is|yet|type|lint|other|more|further|test|new|known|the|fatal))*[ -]$/i
const NUMBERED =
  /^[ ]?[:=] ?"?(?:(0+)(?![\d.])|-?\d+\.\d|\d+e-|none\b|null\b|nil\b|undefined\b|false\b|no\b|nan\b|\[\]|\{\}|<nil>|""?(?=[,\s}]|$))/i
const FOLLOWING =
  /^(?:-free\b| (?:rates?|bars?|handl\w+|pages?|margins?|budgets?|correction|reporting|boundar\w+|message|messages|log|logs|function|functions|tolerance)\b| 0(?![\d.])| -?\d+\.\d)/i

/** Whether the word at `start` is denied, quoted by itself, or names a quantity. */
function isDenied(line: string, start: number, end: number, lower: string): boolean {
  const quote = line[start - 1]
  if (quote !== undefined && '"\'`“‘'.includes(quote) && '"\'`”’'.includes(line[end] ?? ' ')) return true
  // A key of JSON or of an assignment counts only with a number.
  if (line[end] === '=' && !/^=\s?[1-9]\d*(?![\d.])/.test(line.slice(end, end + 12))) return true
  const after = line.slice(end, end + 24)
  if (NUMBERED.test(after) || FOLLOWING.test(after)) return true
  const before = line.slice(Math.max(0, start - 40), start)
  // `Errors: …` at a line's start, and a heading, deny nothing.
  return before !== '' && DENYING.test(before) && !(lower === 'ok' && /\bnot $/i.test(before))
}

const COUNT_BEFORE = /(?:^|[^\d.,])[1-9]\d*(?:,\d{3})* (?:[a-z]+ )?$/
const THINGS_BEFORE =
  /\b(?:tests?|checks?|suites?|all|build|specs?|assertions?|validation|job|pipeline|stage)(?: (?:has|have|are|is))? $/i
const LINE_END =
  /^[\s.!)\]=]*(?:(?:in|after|\(|\[)?\s?[\d.,:]+ ?(?:ms|s|sec|secs|seconds|min|minutes|m|h)?[\s.!)\]=]*)?$/

function meaningOf(
  line: string,
  start: number,
  end: number,
  word: string,
  lower: string,
): Level | 'success' | 'failure' | undefined {
  const before = line.slice(Math.max(0, start - 40), start)
  const after = line.slice(end, end + 40)
  const isUpper = word === word.toUpperCase()
  const isFirst = /^\W*$/.test(before) && start < 40
  const isCounted = COUNT_BEFORE.test(before)
  switch (lower) {
    case 'error':
    case 'errors':
      return 'error'
    case 'warning':
    case 'warnings':
    case 'deprecated':
      return 'warn'
    case 'warn':
      return isUpper || isFirst || after.startsWith(':') ? 'warn' : undefined
    case 'failed':
    case 'failure':
    case 'failures':
      return 'failure'
    case 'fail':
    case 'fails':
    case 'failing':
      return isUpper || isCounted || (isFirst && lower !== 'failing') ? 'failure' : undefined
    case 'pass':
    case 'passes':
    case 'passed':
    case 'passing':
      if (lower === 'passed' && LINE_END.test(after)) return 'success'
      return isUpper || (lower !== 'pass' && isCounted) || THINGS_BEFORE.test(before) ? 'success' : undefined
    case 'ok':
      return okMeaning(before, after, isFirst)
    case 'done':
      return (isFirst && /^(?:$|[.!,:]| in | \()/.test(after)) ||
        (LINE_END.test(after) && /(?:\.\.|…|[,:]|100%|all) ?$/i.test(before))
        ? 'success'
        : undefined
    case 'complete':
    case 'completed':
      return LINE_END.test(after) && !/%\s?$/.test(before.replace(/\b100%/, '')) ? 'success' : undefined
    default:
      return /^ (?:rate|stor(?:y|ies)|criteria)/i.test(after) ? undefined : 'success'
  }
}

/** `ok` is a verdict in TAP, of `go test`, behind dots and in brackets. */
function okMeaning(before: string, after: string, isFirst: boolean): 'success' | 'failure' | undefined {
  if (/^\s*not $/i.test(before)) return /^ \d|^ - /.test(after) ? 'failure' : undefined
  if (isFirst && /^\s*$/.test(before) && /^ (?:\d|- |\s*\S+[/\t])/.test(after)) return 'success'
  if (/\[ *$/.test(before) && /^ *\]/.test(after)) return 'success'
  return /(?:\.\.\. |\btest result: )$/.test(before) && /^(?:[.\s]|$)/.test(after) ? 'success' : undefined
}
