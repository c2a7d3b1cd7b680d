/**
 * The delta encoding "v1" of chat streams, with the semantics of the vendor's own decoder (facts: missing `c`, `p` and `o`
 * are inherited from the delta before, `v` never is; one document a channel; children of a `patch` carry their own `p` and
 * `o`, are relative to the outer path and change nothing that is inherited).
 */
import { isObject } from './json'

type Key = string | number

/** One place that a delta changed. */
export interface Change {
  readonly path: readonly Key[]
  readonly op: string
  readonly value: unknown
}

export interface DeltaResult {
  readonly channel: number
  /** The channel's document after the delta. Changed in place by later ones. */
  readonly document: unknown
  readonly changes: readonly Change[]
  /** Operations that could not be applied. */
  readonly failed: number
}

const FORBIDDEN = new Set(['__proto__', 'prototype', 'constructor'])
const MAX_PATCH_DEPTH = 32
const MAX_INDEX = 1_000_000

export class DeltaV1Decoder {
  private channel = 0
  private op = 'add'
  private path = ''
  private readonly documents = new Map<number, unknown>()

  /** Applies one delta object. Never throws, whatever it is. */
  apply(delta: unknown): DeltaResult {
    if (!isObject(delta))
      return { channel: this.channel, document: this.documents.get(this.channel), changes: [], failed: 1 }
    if (Object.hasOwn(delta, 'c') && typeof delta['c'] === 'number') this.channel = delta['c']
    if (Object.hasOwn(delta, 'p') && typeof delta['p'] === 'string') this.path = delta['p']
    if (Object.hasOwn(delta, 'o') && typeof delta['o'] === 'string') this.op = delta['o']
    const value = delta['v']
    const root = { document: this.documents.get(this.channel) }
    const changes: Change[] = []
    let { op, path } = this
    // A whole message at a path that is not the root's is a new document; a list of operations is a patch.
    if (isObject(value) && isObject(value['message']) && path !== '' && op !== 'patch') [op, path] = ['add', '']
    if (op !== 'patch' && isPatchList(value)) op = 'patch'
    const failed = applyOperation(root, parsePath(path), op, value, changes, 0)
    this.documents.set(this.channel, root.document)
    return { channel: this.channel, document: root.document, changes, failed }
  }
}

function isPatchList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => isObject(item) && typeof item['p'] === 'string' && typeof item['o'] === 'string')
  )
}

function parsePath(path: string): Key[] {
  if (path === '' || path === '/') return []
  return path
    .replace(/^\//, '')
    .split('/')
    .map((segment) =>
      /^(?:0|[1-9]\d{0,8})$/.test(segment) ? Number(segment) : segment.replaceAll('~1', '/').replaceAll('~0', '~'),
    )
}

/** Returns how many operations failed. */
function applyOperation(
  root: { document: unknown },
  path: readonly Key[],
  op: string,
  value: unknown,
  changes: Change[],
  depth: number,
): number {
  if (op === 'patch') {
    if (!Array.isArray(value) || depth > MAX_PATCH_DEPTH) return 1
    let failed = 0
    for (const child of value as unknown[]) {
      const whole = isObject(child) && typeof child['p'] === 'string' && typeof child['o'] === 'string'
      if (!whole) failed++
      else
        failed += applyOperation(
          root,
          [...path, ...parsePath(String(child['p']))],
          String(child['o']),
          child['v'],
          changes,
          depth + 1,
        )
    }
    return failed
  }
  if (path.some((key) => typeof key === 'string' && FORBIDDEN.has(key))) return 1
  if (path.length === 0) {
    const next = combine(root.document, op, value)
    if (next === undefined) return 1
    root.document = next.value
  } else if (!applyAt(root, path, op, value)) return 1
  changes.push({ path, op, value })
  return 0
}

function applyAt(root: { document: unknown }, path: readonly Key[], op: string, value: unknown): boolean {
  const key = path[path.length - 1] ?? ''
  const parent = container(root, path)
  if (parent === undefined) return false
  if (Array.isArray(parent)) {
    if (typeof key !== 'number' || key > parent.length + MAX_INDEX) return false
    if (op === 'add') parent.splice(key, 0, value)
    else if (op === 'remove') parent.splice(key, 1)
    else
      return store(combine(parent[key], op, value), (next) => {
        parent[key] = next
      })
    return true
  }
  if (op === 'remove') {
    Reflect.deleteProperty(parent, key)
    return true
  }
  return store(combine(Object.hasOwn(parent, key) ? parent[key] : undefined, op, value), (next) => {
    parent[key] = next
  })
}

function store(next: { value: unknown } | undefined, put: (value: unknown) => void): boolean {
  if (next === undefined) return false
  put(next.value)
  return true
}

/** The object or array that holds the last key; missing ones are made on the way. */
function container(root: { document: unknown }, path: readonly Key[]): unknown[] | Record<Key, unknown> | undefined {
  const make = (next: Key | undefined): unknown => (typeof next === 'number' ? [] : {})
  if (root.document === undefined || root.document === null) root.document = make(path[0])
  let at = root.document
  for (let i = 0; i + 1 < path.length; i++) {
    const key = path[i] ?? ''
    if (Array.isArray(at)) {
      if (typeof key !== 'number' || key > at.length + MAX_INDEX) return undefined
      at[key] ??= make(path[i + 1])
      at = at[key] as unknown
    } else if (isObject(at)) {
      const parent = at as Record<Key, unknown>
      if (!Object.hasOwn(parent, key) || parent[key] === undefined || parent[key] === null)
        parent[key] = make(path[i + 1])
      at = parent[key]
    } else return undefined
  }
  return Array.isArray(at) || isObject(at) ? (at as unknown[] | Record<Key, unknown>) : undefined
}

/** What stands after an operation where `before` stood; undefined for one that is not known or does not fit. */
function combine(before: unknown, op: string, value: unknown): { value: unknown } | undefined {
  switch (op) {
    case 'add':
    case 'replace':
      return { value }
    case 'append':
      if (typeof before === 'string') return { value: before + (typeof value === 'string' ? value : String(value)) }
      if (Array.isArray(before)) {
        if (Array.isArray(value)) for (const item of value as unknown[]) before.push(item)
        else before.push(value)
        return { value: before }
      }
      if (isObject(before) && isObject(value)) return { value: { ...before, ...value } }
      return { value }
    case 'truncate':
      if (typeof value !== 'number' || value < 0) return undefined
      if (typeof before === 'string') return { value: before.slice(0, value) }
      if (Array.isArray(before)) return { value: before.slice(0, value) as unknown[] }
      return undefined
    case 'remove':
      return { value: undefined }
    default:
      return undefined
  }
}
