/** The page's readers of the stream: SSE framing and delta encoding v1. A browser module; it uses nothing of a page. */
export const WIRE_SCRIPT = String.raw`
/** Splits text into SSE events. Pieces may be cut anywhere; a long event costs no more than its length. */
export class SseReader {
  constructor(onEvent) {
    this.onEvent = onEvent
    this.rest = []
    this.clear()
  }
  clear() {
    this.type = ''
    this.data = []
  }
  push(text) {
    let from = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      this.rest.push(text.slice(from, end))
      const line = this.rest.join('')
      this.rest = []
      from = end + 1
      this.line(line.endsWith('\r') ? line.slice(0, -1) : line)
    }
    if (from < text.length) this.rest.push(text.slice(from))
  }
  /** An item of the socket may lack its last line ends. */
  flush() {
    if (this.rest.length > 0) this.push('\n')
    this.line('')
  }
  line(line) {
    if (line === '') {
      if (this.data.length > 0) this.onEvent(this.type || 'message', this.data.join('\n'))
      this.clear()
      return
    }
    if (line.startsWith(':')) return
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    let value = colon < 0 ? '' : line.slice(colon + 1)
    if (value.startsWith(' ')) value = value.slice(1)
    if (name === 'event') this.type = value
    else if (name === 'data') this.data.push(value)
  }
}

const FORBIDDEN = new Set(['__proto__', 'prototype', 'constructor'])

function segmentsOf(path) {
  if (typeof path !== 'string') throw new Error('a path is no text')
  const text = path.startsWith('/') ? path.slice(1) : path
  if (text === '') return []
  return text.split('/').map((part) => {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (FORBIDDEN.has(name)) throw new Error('a forbidden path')
    return /^(0|[1-9][0-9]*)$/.test(name) ? Number(name) : name
  })
}

function appended(old, value) {
  if (typeof old === 'string' && typeof value === 'string') return old + value
  if (Array.isArray(old)) return old.concat(Array.isArray(value) ? value : [value])
  if (old !== null && typeof old === 'object' && value !== null && typeof value === 'object') {
    const merged = { ...old }
    for (const key of Object.keys(value)) if (!FORBIDDEN.has(key)) merged[key] = value[key]
    return merged
  }
  return value
}

function truncated(old, length) {
  return (typeof old === 'string' || Array.isArray(old)) && Number.isInteger(length) && length >= 0 ? old.slice(0, length) : old
}

/** Keeps one document a channel and applies deltas to it. */
export class DeltaReader {
  constructor() {
    this.documents = new Map()
    this.last = { c: 0, o: 'add', p: '' }
  }
  /** Returns the document of the delta's channel after it. Throws where the delta makes no sense. */
  apply(frame) {
    if (frame === null || typeof frame !== 'object' || Array.isArray(frame)) throw new Error('a delta is no object')
    const next = { ...this.last }
    for (const key of ['c', 'o', 'p']) if (Object.hasOwn(frame, key)) next[key] = frame[key]
    this.last = next
    const holder = { root: this.documents.get(next.c) }
    this.operate(holder, ['root'], next.p, next.o, frame.v)
    this.documents.set(next.c, holder.root)
    return holder.root
  }
  operate(holder, base, path, op, value) {
    const segments = base.concat(segmentsOf(path))
    if (op === 'patch') {
      if (!Array.isArray(value)) throw new Error('a patch is no list')
      const prefix = segments
      for (const item of value) this.operate(holder, prefix, item.p, item.o, item.v)
      return
    }
    let parent = holder
    for (let at = 0; at < segments.length - 1; at += 1) {
      const key = segments[at]
      if (parent[key] === null || typeof parent[key] !== 'object') parent[key] = typeof segments[at + 1] === 'number' ? [] : {}
      parent = parent[key]
    }
    const key = segments[segments.length - 1]
    const inList = Array.isArray(parent) && typeof key === 'number'
    if (op === 'add' && inList) parent.splice(key, 0, value)
    else if (op === 'add' || op === 'replace') parent[key] = value
    else if (op === 'append') parent[key] = appended(parent[key], value)
    else if (op === 'truncate') parent[key] = truncated(parent[key], value)
    else if (op === 'remove' && inList) parent.splice(key, 1)
    else if (op === 'remove') delete parent[key]
    else throw new Error('an unknown operation')
  }
}
`
