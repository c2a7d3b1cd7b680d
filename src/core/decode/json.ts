/** Careful looks into JSON that strangers wrote. */

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>

/** Whether a value is a JSON object: no array, not null. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value that a text stands for; undefined where it is no JSON (malformed frames are counted by whoever asked). */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const MAX_RAW_DEPTH = 64

/** Whether a value holds others over more than so many levels. */
export function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === 0 || Object.values(value).some((item) => isDeeperThan(item, depth - 1))
}

/**
 * A copy for an event, which must not change when its original does. Undefined for a value that is longer than `maxChars`
 * as JSON, or so deep that a reader might not survive it.
 */
export function rawCopy(value: unknown, maxChars: number): unknown {
  if (value === undefined || isDeeperThan(value, MAX_RAW_DEPTH)) return undefined
  const text = JSON.stringify(value)
  return text.length > maxChars ? undefined : (JSON.parse(text) as unknown)
}

/** What a call's or result's text means: JSON where it is an object or an array, the text itself otherwise. */
export function parsedOrText(text: string): unknown {
  if (text === '') return undefined
  const value = /^\s*[[{]/.test(text) ? parseJson(text) : undefined
  return value === undefined || isDeeperThan(value, MAX_RAW_DEPTH) ? text : value
}

/** A field of an object, or undefined when there is no object or it is not the object's own. */
export function field(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

/** A field that is a string. */
export function stringField(value: unknown, key: string): string | undefined {
  const found = field(value, key)
  return typeof found === 'string' ? found : undefined
}

/** A field that is a string with something in it. */
export function textField(value: unknown, key: string): string | undefined {
  const found = stringField(value, key)
  return found === '' ? undefined : found
}

/** A field that is a finite number. */
export function numberField(value: unknown, key: string): number | undefined {
  const found = field(value, key)
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined
}

/** A field that is a count: an integer from 0 on. */
export function countField(value: unknown, key: string): number | undefined {
  const found = field(value, key)
  return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0 ? found : undefined
}

/** The items of a field that is a list; none where it is something else. */
export function listField(value: unknown, key: string): readonly unknown[] {
  const found = field(value, key)
  return Array.isArray(found) ? (found as readonly unknown[]) : []
}

/** The strings among the items of a field that is a list. */
export function stringsField(value: unknown, key: string): string[] {
  return listField(value, key).filter((item) => typeof item === 'string')
}

/** A copy without the fields that are undefined: what an event wants of optional fields. */
export function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}

/** The domain of an address, lower case and without `www.`; empty when it has none. */
export function domainOf(url: string): string {
  const [, host = ''] = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:]*)/i.exec(url) ?? []
  return host.toLowerCase().replace(/^www\./, '')
}
