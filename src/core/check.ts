import { isObject } from './decode/json'
import { levelOf } from '../shared/events/levels'

/** The rules of a run log (docs/event-format.md), held against its physical lines in order. */

export interface Violation {
  /** 1-based. */
  readonly line: number
  readonly message: string
  /** `open`: the log has no last line yet; everything else is `format`. */
  readonly rule: 'open' | 'format'
}

/** Validators of values: undefined when one is fine, else what is wrong. The schema lives with whoever passes them in. */
export interface Validators {
  head(value: unknown): string | undefined
  metadata(value: unknown): string | undefined
  event(value: unknown): string | undefined
}

export interface Checker {
  /** Events seen. */
  readonly events: number
  /** @param terminated false for a last line without a newline */
  line(number: number, text: string, terminated?: boolean): Violation[]
  end(): Violation[]
}

const CLOSING_MAX_BYTES = 16 * 1024
const FORMAT = 'tapedeck-run/1'
/** Fields of the head that the metadata may tell better. */
const LEARNED = new Set(['model', 'headless', 'browser', 'url', 'title'])

export function createChecker(validators: Validators): Checker {
  return new LogChecker(validators)
}

class LogChecker implements Checker {
  events = 0
  private head: Record<string, unknown> | undefined
  private closed = false
  private last = 0
  private isForeign = false
  private lastTimestamp = ''
  private readonly phases = new Map<string, number>()
  private readonly levels = new Map<string, number>()

  constructor(private readonly validators: Validators) {}

  line(number: number, text: string, terminated = true): Violation[] {
    this.last = number
    const wrong = (message: string): Violation[] => [{ line: number, message, rule: 'format' }]
    if (number === 1) return this.opening(text).flatMap(wrong)
    if (this.isForeign) return []
    if (this.closed) return text === '' && !terminated ? [] : wrong('nothing may follow the closing line')
    if (text.startsWith(']')) return this.closing(text).flatMap(wrong)
    if (!terminated) return [{ line: number, message: 'the line is not whole', rule: 'open' }]
    return this.event(text).flatMap(wrong)
  }

  end(): Violation[] {
    if (this.closed || this.isForeign) return []
    const message = this.last === 0 ? 'the file is empty' : 'the log is not closed: its last line is missing'
    return [{ line: this.last + 1, message, rule: this.last === 0 ? 'format' : 'open' }]
  }

  private opening(text: string): string[] {
    const tail = ',"events":['
    const value = text.endsWith(tail) ? parse(`${text.slice(0, -tail.length)}}`) : undefined
    if (!isObject(value)) {
      // Every line of a file of another kind would be wrong: once is enough.
      this.isForeign = true
      return ['this is no run log of Tapedeck: the first line is not {"format":…,"head":{…},"events":[']
    }
    const problems = value['format'] === FORMAT ? [] : [`format is ${JSON.stringify(value['format'])}, not ${FORMAT}`]
    const { head } = value
    if (!isObject(head)) return [...problems, 'head is missing']
    this.head = head
    const problem = this.validators.head(head)
    return problem === undefined ? problems : [...problems, `head: ${problem}`]
  }

  private event(text: string): string[] {
    const first = this.events === 0
    const seq = this.events++
    const problems: string[] = []
    if (text.startsWith(',') === first)
      problems.push(first ? 'the first event has a leading comma' : 'the leading comma is missing')
    const value = parse(text.startsWith(',') ? text.slice(1) : text)
    if (!isObject(value)) return [...problems, 'the line is no JSON object']
    const problem = this.validators.event(value)
    if (problem !== undefined) problems.push(problem)
    if (this.head !== undefined && value['capture_id'] !== this.head['capture_id'])
      problems.push("capture_id is not the head's")
    if (value['seq'] !== seq) problems.push(`seq is ${String(value['seq'])}, expected ${String(seq)}`)
    const { timestamp, phase, data } = value
    if (typeof timestamp === 'string') {
      if (timestamp < this.lastTimestamp) problems.push(`timestamp ${timestamp} is before ${this.lastTimestamp}`)
      this.lastTimestamp = timestamp
    }
    if (typeof phase === 'string') this.count(phase, isObject(data) ? data : {})
    return problems
  }

  private count(phase: string, data: Record<string, unknown>): void {
    this.phases.set(phase, (this.phases.get(phase) ?? 0) + 1)
    const level = levelOf(phase, data)
    if (level !== undefined) this.levels.set(level, (this.levels.get(level) ?? 0) + 1)
  }

  private closing(text: string): string[] {
    this.closed = true
    const start = '],"metadata":'
    const value = text.startsWith(start) && text.endsWith('}') ? parse(text.slice(start.length, -1)) : undefined
    if (!isObject(value)) return ['the closing line is not ],"metadata":{…}}']
    const problems: string[] = []
    if (utf8Length(text) > CLOSING_MAX_BYTES) problems.push('the closing line is longer than 16 kB')
    const problem = this.validators.metadata(value)
    if (problem !== undefined) problems.push(`metadata: ${problem}`)
    if (value['status'] === 'running') problems.push('metadata: a closed log can not be running')
    if (value['event_count'] !== this.events)
      problems.push(
        `metadata: event_count is ${String(value['event_count'])}, but there are ${String(this.events)} events`,
      )
    problems.push(...countProblems('phase_counts', value['phase_counts'], this.phases))
    problems.push(...countProblems('level_counts', value['level_counts'], this.levels))
    for (const [key, given] of Object.entries(this.head ?? {})) {
      // Long texts are cut to keep the line short.
      if (LEARNED.has(key) || (typeof given === 'string' && given.length > 16)) continue
      if (JSON.stringify(value[key]) !== JSON.stringify(given)) problems.push(`metadata: ${key} is not the head's`)
    }
    return problems
  }
}

function countProblems(name: string, given: unknown, counted: ReadonlyMap<string, number>): string[] {
  if (!isObject(given)) return []
  const names = new Set([...Object.keys(given), ...counted.keys()])
  return [...names].flatMap((key) => {
    const told: unknown = given[key] ?? 0
    const real = counted.get(key) ?? 0
    return told === real ? [] : [`metadata: ${name}.${key} is ${JSON.stringify(told)}, counted ${String(real)}`]
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // No JSON: the caller says so with the line's number.
    return undefined
  }
}

function utf8Length(text: string): number {
  let length = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return length
}
