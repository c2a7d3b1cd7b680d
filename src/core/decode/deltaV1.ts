/**
 * The delta encoding "v1" of chat streams, with the semantics of the vendor's own decoder: missing `c`, `p` and `o` are
 * inherited from the delta before, `v` never is; one document a channel; children of a `patch` carry their own `p` and
 * `o`, are relative to the outer path and change nothing that is inherited. The tolerances beyond that are marked as such.
 */
import { isObject } from './json'

/** A segment of a path: an index where it is a number. */
export type Key = string | number

/** One place that a delta changed. */
export interface Change {
  /** From the document's root. */
  readonly path: readonly Key[]
  /** `add`, `replace`, `append`, `truncate` or `remove`. */
  readonly op: string
  /** The operation's value. It is part of the document now and changes with it. */
  readonly value: unknown
}

/** What one delta did. */
export interface DeltaResult {
  /** The channel's document after the delta. Later deltas change it in place. */
  readonly document: unknown
  readonly changes: readonly Change[]
  /** Operations that could not be applied. */
  readonly failed: number
}

const FORBIDDEN = new Set(['__proto__', 'prototype', 'constructor'])
/** Bounds against hostile streams, far above what was ever seen. */
const MAX_PATCH_DEPTH = 32
const MAX_PATH_SEGMENTS = 64
const MAX_ARRAY_GAP = 10_000
const MAX_CHANNELS = 1024

/** The state of one stream: what is inherited, and the documents. */
export class DeltaV1Decoder {
  private channel = 0
  private op = 'add'
  private path = ''
  private readonly documents = new Map<number, unknown>()

  /** Applies one delta object. Never throws, whatever it is. */
  apply(delta: unknown): DeltaResult {
    if (!isObject(delta)) return { document: this.documents.get(this.channel), changes: [], failed: 1 }
    if (typeof delta['c'] === 'number') this.channel = delta['c']
    if (typeof delta['p'] === 'string') this.path = delta['p']
    if (typeof delta['o'] === 'string') this.op = delta['o']
    const value = delta['v']
    let { op, path } = this
    if (op !== 'patch' && path !== '' && isObject(value) && isObject(value['message'])) {
      // Tolerance: a whole message is a document, whatever path was inherited.
      op = 'add'
      path = ''
    } else if (op !== 'patch' && !Object.hasOwn(delta, 'o') && isOperations(value)) {
      // Tolerance: a list of operations is a patch of the document.
      op = 'patch'
      path = ''
    }
    const root = { document: this.documents.get(this.channel) }
    const changes: Change[] = []
    const failed = applyOperation(root, parsePath(path), op, value, changes, 0)
    this.keep(root.document)
    return { document: root.document, changes, failed }
  }

  private keep(document: unknown): void {
    this.documents.set(this.channel, document)
    if (this.documents.size <= MAX_CHANNELS) return
    const [oldest] = this.documents.keys()
    if (oldest !== undefined) this.documents.delete(oldest)
  }
}

function isOperations(value: unknown): value is readonly unknown[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((item) => isObject(item) && typeof item['p'] === 'string')
  )
}

function parsePath(path: string): Key[] {
  if (path === '' || path === '/') return []
  return path.replace(/^\//, '').split('/').map(parseSegment)
}

function parseSegment(segment: string): Key {
  if (/^(?:0|[1-9]\d{0,14})$/.test(segment)) return Number(segment)
  return segment.replaceAll('~1', '/').replaceAll('~0', '~')
}

interface Root {
  document: unknown
}

/** Returns how many operations failed. */
function applyOperation(
  root: Root,
  path: readonly Key[],
  op: string,
  value: unknown,
  changes: Change[],
  depth: number,
): number {
  if (op === 'patch') return applyPatch(root, path, value, changes, depth)
  if (path.length > MAX_PATH_SEGMENTS || path.some((key) => typeof key === 'string' && FORBIDDEN.has(key))) return 1
  const applied = path.length === 0 ? applyToRoot(root, op, value) : applyAt(root, path, op, value)
  if (!applied) return 1
  changes.push({ path, op, value })
  return 0
}

function applyPatch(root: Root, path: readonly Key[], value: unknown, changes: Change[], depth: number): number {
  if (!Array.isArray(value) || depth > MAX_PATCH_DEPTH) return 1
  let failed = 0
  for (const child of value as unknown[]) {
    if (isObject(child) && typeof child['p'] === 'string' && typeof child['o'] === 'string') {
      failed += applyOperation(root, [...path, ...parsePath(child['p'])], child['o'], child['v'], changes, depth + 1)
    } else failed++
  }
  return failed
}

function applyToRoot(root: Root, op: string, value: unknown): boolean {
  const next = combine(root.document, op, value)
  if (next !== undefined) root.document = next.value
  return next !== undefined
}

function applyAt(root: Root, path: readonly Key[], op: string, value: unknown): boolean {
  const key = path[path.length - 1] ?? ''
  const parent = container(root, path)
  if (parent === undefined) return false
  if (Array.isArray(parent)) {
    if (typeof key !== 'number' || key > parent.length + MAX_ARRAY_GAP) return false
    if (op === 'add') parent.splice(key, 0, value)
    else if (op === 'remove') parent.splice(key, 1)
    else {
      const next = combine(parent[key], op, value)
      if (next === undefined) return false
      parent[key] = next.value
    }
    return true
  }
  if (op === 'remove') return Reflect.deleteProperty(parent, key)
  const next = combine(Object.hasOwn(parent, key) ? parent[key] : undefined, op, value)
  if (next === undefined) return false
  parent[key] = next.value
  return true
}

type Container = unknown[] | Record<Key, unknown>

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null
}

/** The object or array that holds the last key; missing ones are made on the way. */
function container(root: Root, path: readonly Key[]): Container | undefined {
  if (!isContainer(root.document)) {
    if (root.document !== undefined && root.document !== null) return undefined
    root.document = emptyFor(path[0])
  }
  let at = root.document
  for (let i = 0; i + 1 < path.length; i++) {
    if (!isContainer(at)) return undefined
    const next = step(at, path[i] ?? '', path[i + 1])
    if (next === undefined) return undefined
    at = next
  }
  return isContainer(at) ? at : undefined
}

function step(at: Container, key: Key, next: Key | undefined): unknown {
  if (Array.isArray(at)) {
    if (typeof key !== 'number' || key > at.length + MAX_ARRAY_GAP) return undefined
    at[key] ??= emptyFor(next)
    return at[key]
  }
  if (!Object.hasOwn(at, key) || at[key] === undefined || at[key] === null) at[key] = emptyFor(next)
  return at[key]
}

function emptyFor(key: Key | undefined): Container {
  return typeof key === 'number' ? [] : {}
}

/** What stands after an operation where `before` stood; undefined for one that is not known or does not fit. */
function combine(before: unknown, op: string, value: unknown): { value: unknown } | undefined {
  switch (op) {
    case 'add':
    case 'replace':
      return { value }
    case 'append':
      return { value: appended(before, value) }
    case 'truncate':
      if (typeof value !== 'number' || value < 0) return undefined
      if (typeof before === 'string') return { value: before.slice(0, value) }
      if (Array.isArray(before)) return { value: before.slice(0, value) }
      return undefined
    case 'remove':
      return { value: undefined }
    default:
      return undefined
  }
}

function appended(before: unknown, value: unknown): unknown {
  if (typeof before === 'string') {
    return typeof value === 'string' || typeof value === 'number' ? before + String(value) : before
  }
  if (Array.isArray(before)) {
    if (Array.isArray(value)) for (const item of value as unknown[]) before.push(item)
    else before.push(value)
    return before
  }
  if (isObject(before) && isObject(value)) return { ...before, ...value }
  return value
}
