/** Lines of JSON and of pairs as a person reads them. Level and time are the scanners'. */
import { levelNames, type ParsedLine } from '../parsedLine'
import { JsonScanner, MAX_JSON_SCAN, roleOfKey } from './jsonScan'
import type { JsonFormat } from './lineFormat'
import { LogfmtScanner } from './logfmtScan'
import type { StampReader } from './stamps'

/** A larger object stays text. */
const MAX_JSON = 1024 * 1024
const MAX_PAIRS = 200
const MAX_PAIR_TEXT = 65_536

const messageKeys = [
  'msg',
  'message',
  'MESSAGE',
  'event',
  '@m',
  '@mt',
  'short_message',
  'body',
  'text',
  'log',
  'Output',
]
const loggerKeys = [
  'logger',
  'logger_name',
  'log.logger',
  'SYSLOG_IDENTIFIER',
  'SourceContext',
  'component',
  'name',
  'c',
  'module',
  'category',
  'target',
]

export class ObjectReader {
  private readonly json: JsonScanner
  private readonly logfmt: LogfmtScanner
  private readonly encoder = new TextEncoder()
  private readonly bytes = new Uint8Array(MAX_JSON_SCAN)

  constructor(stamps: StampReader) {
    this.json = new JsonScanner(stamps)
    this.logfmt = new LogfmtScanner(stamps)
  }

  /** A line with an object that states a level or a time; with `needsNeither` also one that only has a message. */
  readJson(text: string, needsNeither: boolean): ParsedLine | undefined {
    if (!text.startsWith('{"')) return undefined
    const { written } = this.encoder.encodeInto(text, this.bytes)
    this.json.scan(this.bytes, 0, written)
    const stated = statedBy(this.json)
    const hasStated = stated.level !== undefined || stated.loggedAt !== undefined
    if (!hasStated && !needsNeither) return undefined
    const object = parsedObject(text)
    // A line that was cut says its level and time all the same.
    if (object === undefined) return hasStated ? { message: text, ...stated } : undefined
    const found = partsOf(object, stated)
    if (!hasStated && found.message === undefined) return undefined
    return { ...found, message: found.message ?? text, ...stated }
  }

  /** A line of pairs that states a level or a time. */
  readLogfmt(text: string): ParsedLine | undefined {
    if (!/^[^\s="]{1,100}=/.test(text)) return undefined
    const { written } = this.encoder.encodeInto(text, this.bytes)
    if (!this.logfmt.scan(this.bytes, 0, written)) return undefined
    const stated = statedBy(this.logfmt)
    const found = partsOf(pairsOf(text), stated)
    return { ...found, message: found.message ?? text, ...stated }
  }
}

function statedBy({ level, time }: { level: number; time: number }): Pick<ParsedLine, 'level' | 'loggedAt'> {
  const name = levelNames[level]
  return { ...(name === undefined ? {} : { level: name }), ...(Number.isNaN(time) ? {} : { loggedAt: time }) }
}

type JsonObject = Readonly<Record<string, unknown>>

function parsedObject(text: string): JsonObject | undefined {
  if (text.length > MAX_JSON) return undefined
  try {
    return JSON.parse(text) as JsonObject
  } catch {
    // Half a line, or none of JSON.
    return undefined
  }
}

/** Message and logger by their keys; the rest are fields. */
function partsOf(
  whole: JsonObject,
  stated: Pick<ParsedLine, 'level' | 'loggedAt'>,
): Omit<ParsedLine, 'message'> & { message?: string } {
  const object = otlpRecord(whole) ?? whole
  const messageKey = messageKeys.find((key) => typeof object[key] === 'string')
  const loggerKey = loggerKeys.find((key) => typeof object[key] === 'string')
  const fields: Record<string, unknown> = {}
  let seesLevel = stated.level !== undefined
  let seesTime = stated.loggedAt !== undefined
  for (const [key, value] of Object.entries(object)) {
    if (key === messageKey || key === loggerKey) continue
    const role = typeof value === 'object' && !isDate(value) ? undefined : key === 't' ? 'time' : roleOfKey(key)
    if (role === 'level' && seesLevel) seesLevel = false
    else if (role === 'time' && seesTime) seesTime = false
    else fields[key] = value
  }
  const message = messageKey === undefined ? undefined : (object[messageKey] as string)
  return {
    ...(message === undefined ? {} : { message: message.replace(/\r?\n$/, '') }),
    ...(loggerKey === undefined ? {} : { logger: object[loggerKey] as string }),
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
  }
}

function isDate(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '$date' in value
}

/** The first record of a line of OTLP, with the text of its body as the message. */
function otlpRecord(whole: JsonObject): JsonObject | undefined {
  const record = first(first(first(whole, 'resourceLogs'), 'scopeLogs'), 'logRecords')
  if (record === undefined) return undefined
  const body = record['body'] as { stringValue?: unknown } | undefined
  return { ...record, ...(typeof body?.stringValue === 'string' ? { body: body.stringValue } : {}) }
}

function first(from: JsonObject | undefined, key: string): JsonObject | undefined {
  const list = from?.[key]
  const item: unknown = Array.isArray(list) ? list[0] : undefined
  return typeof item === 'object' && item !== null ? (item as JsonObject) : undefined
}

const PAIR = /\s*([^\s="]{1,100})(?:=(?:"((?:[^"\\]|\\[^])*)"?|(\S*)))?/y

/** `a=1 b="two words" c`: a key without a value is true. */
function pairsOf(text: string): JsonObject {
  const pairs: Record<string, unknown> = {}
  const head = text.length > MAX_PAIR_TEXT ? text.slice(0, MAX_PAIR_TEXT) : text
  PAIR.lastIndex = 0
  for (let count = 0; count < MAX_PAIRS; count++) {
    const found = PAIR.exec(head)
    if (found === null) break
    const [, key = '', quoted, bare] = found
    pairs[key] = quoted === undefined ? (bare ?? true) : unescaped(quoted)
  }
  return pairs
}

function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\(["\\nt])/g, (_all, letter: string) =>
    letter === 'n' ? '\n' : letter === 't' ? '\t' : letter,
  )
}

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  number: (value) => typeof value === 'number',
  string: (value) => typeof value === 'string',
  object: (value) => typeof value === 'object' && value !== null,
}

/** Whether a line of JSON has the keys of a flavour. */
export function isFlavour({ keys }: JsonFormat, text: string): boolean {
  const object = parsedObject(text)
  return object !== undefined && keys.every((wanted) => hasKey(object, wanted))
}

function hasKey(object: JsonObject, wanted: string): boolean {
  const [key = '', type] = wanted.split(':')
  if (key in object) return type === undefined || types[type]?.(object[key]) === true
  const dot = key.indexOf('.')
  const inner = dot < 0 ? undefined : object[key.slice(0, dot)]
  return typeof inner === 'object' && inner !== null && key.slice(dot + 1) in inner
}
