/**
 * A search by ripgrep over the whole lines of a source. It tells where lines begin that may match; their numbers are ours, and so
 * is the last word where its dialect is not sure to mean the same. Whatever goes wrong, it says how far it came.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { ripgrepPattern, type RipgrepPattern } from '../../core/query/ripgrepPattern'
import { createLineMatcher, textParts } from '../../core/query/textMatcher'
import type { Query } from '../../shared/protocol/rows'
import { LinePlaces } from './linePlaces'
import type { ScanSource } from './scanProtocol'

/** The program, and from how many bytes on it is worth starting. */
export interface Ripgrep {
  readonly path: string
  readonly fromBytes: number
}

const NEWLINE = 10
const COLON = 58
const ZERO = 48
const BRACKET = 91
/** A last line without an end that is longer leaves the search to us. */
const LAST_LINE_BYTES = 64 * 1024
/** It has the thread for so long, and counts so much at once. */
const TURN_MS = 15
const COUNT_BYTES = 32 * 1024 * 1024
/** The descriptor that the child has the file by: opened again by this name it has a position of its own. */
const CHILD_FD = 3
const CHILD_PATH = `/proc/self/fd/${String(CHILD_FD)}`
const DENSE_LINES = 256
const DENSE_BYTES = 32 * 1024
/** A line is told by its offset and a few bytes, however long it is. */
const OPTIONS = [
  ...['--no-config', '--no-messages', '--color=never', '--no-heading', '--no-filename'],
  ...['--text', '--encoding=none', '--mmap', '--threads=1', '--byte-offset', '--max-columns=1'],
]

/** It read all; it went beyond what is to be searched; there is too much for us to count. */
type Outcome = 'read' | 'beyond' | 'dense'

export interface RipgrepPlan extends RipgrepPattern {
  readonly program: string
  /** What is behind the last newline before the source's end is left out. */
  readonly wholeEnd: number
}

/** How ripgrep would search; undefined for what it does not answer exactly as we do, or where it would not pay. */
export function planRipgrep({ path, fromBytes }: Ripgrep, source: ScanSource, query: Query): RipgrepPlan | undefined {
  const { fd, encoding, from, end } = source
  if (process.platform !== 'linux' || encoding !== 'utf-8' || end - from < fromBytes) return undefined
  if (query.levels !== undefined || query.withoutLevels !== undefined || query.time !== undefined) return undefined
  // A byte order mark would be part of its first line.
  if (from > 0 && bytesAt(fd, from - 1, 1)[0] !== NEWLINE) return undefined
  const last = bytesAt(fd, Math.max(from, end - LAST_LINE_BYTES), Math.min(LAST_LINE_BYTES, end - from))
  const newline = last.lastIndexOf(NEWLINE)
  if (newline < 0) return undefined
  const { wanted, unwanted } = textParts(query)
  const pattern = wanted.map(ripgrepPattern).find((one) => one !== undefined)
  if (pattern === undefined) return undefined
  const isAlone = wanted.length + unwanted.length === 1
  return {
    ...pattern,
    exactness: isAlone ? pattern.exactness : 'never',
    program: path,
    wholeEnd: end - last.length + newline + 1,
  }
}

export class RipgrepSearch {
  private readonly places: LinePlaces
  private readonly matches: (text: string) => boolean
  /** The line told last, and how many there were. */
  private told: { readonly offset: number; readonly line: number } | undefined
  private count = 0
  private child: ChildProcess | undefined
  private isStopped = false
  private turnBegan = 0

  /**
   * @param found told of each line, in order
   * @param onProgress called now and then: lines that begin before `offset` were told
   */
  constructor(
    private readonly source: ScanSource,
    query: Query,
    private readonly plan: RipgrepPlan,
    private readonly found: (line: number) => void,
    private readonly onProgress: () => void,
  ) {
    this.places = new LinePlaces(source)
    this.matches = createLineMatcher(query) ?? (() => true)
  }

  /** Up to here everything is told, but for the line that begins here. */
  get offset(): number {
    return this.places.offset
  }

  /** The number of the line that begins there. */
  get line(): number {
    return this.places.line
  }

  /** Ends it; `run` resolves soon. */
  stop(): void {
    this.isStopped = true
    this.child?.kill('SIGKILL')
  }

  /** Resolves when the program has ended, with how far it came in `offset` and `line`. */
  async run(): Promise<void> {
    try {
      if ((await this.search(false)) === 'dense') await this.search(true)
      await this.advance(this.plan.wholeEnd)
    } catch {
      // What is left is ours to search.
      this.child?.kill('SIGKILL')
      if (this.told !== undefined) this.places.moveTo(this.told.offset, this.told.line)
      else this.places.moveTo(this.source.from, 0)
    }
  }

  /**
   * @param isNumbered the program counts the lines, from the beginning of the file
   * @throws Error when it ended before its time
   */
  private async search(isNumbered: boolean): Promise<Outcome> {
    const { program, pattern, ignoresCase } = this.plan
    const numbers = isNumbered ? '--line-number' : '--no-line-number'
    const letters = ignoresCase ? '--ignore-case' : '--case-sensitive'
    const args = [...OPTIONS, numbers, letters, '-e', pattern, '--', CHILD_PATH]
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore', this.source.fd], windowsHide: true })
    this.child = child
    const ended = once(child, 'close') as Promise<[number | null]>
    ended.catch(() => undefined)
    const outcome = await this.take(child, isNumbered)
    if (outcome !== 'read') child.kill('SIGKILL')
    const [code] = await ended
    if (this.isStopped || (outcome === 'read' && code !== 0 && code !== 1)) throw new Error('ended before its time')
    return outcome
  }

  private async take(child: ChildProcess, isNumbered: boolean): Promise<Outcome> {
    const { plan, places, found } = this
    const { wholeEnd, exactness } = plan
    let rest: Buffer = Buffer.alloc(0)
    let tail = 0
    for await (const chunk of child.stdout ?? []) {
      const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer])
      let at = 0
      for (;;) {
        let colon = at
        let number = 0
        if (isNumbered) {
          for (; colon < bytes.length && bytes[colon] !== COLON; colon++)
            number = number * 10 + (bytes[colon] ?? 0) - ZERO
          colon++
        }
        let offset = 0
        for (; colon < bytes.length && bytes[colon] !== COLON; colon++)
          offset = offset * 10 + (bytes[colon] ?? 0) - ZERO
        // Behind it is the line if it has one byte at most, else always the same remark.
        const isRemark = bytes[colon + 1] === BRACKET && bytes[colon + 2] !== NEWLINE
        let end = isRemark && tail > 0 && bytes[colon + tail] === NEWLINE ? colon + tail : -1
        if (end < 0) {
          end = colon < bytes.length ? bytes.indexOf(NEWLINE, colon) : -1
          if (end < 0) break
          if (isRemark) tail = end - colon
        }
        at = end + 1
        if (offset >= wholeEnd) return 'beyond'
        // What stands before the source is of no interest, nor what was told before.
        if (offset < places.offset || offset === this.told?.offset) continue
        if (isNumbered) places.moveTo(offset, number - 1)
        else if (!places.advance(offset, COUNT_BYTES)) await this.advance(offset)
        if (exactness === 'always' || this.isFound(offset, places.line)) found(places.line)
        this.told = { offset, line: places.line }
        this.count++
      }
      rest = bytes.subarray(at)
      await this.pause()
      if (!isNumbered && this.isDense) return 'dense'
    }
    return 'read'
  }

  /** Lines are found so often that the program counts all of them faster than we do. */
  private get isDense(): boolean {
    const { count, source } = this
    return source.from === 0 && count >= DENSE_LINES && this.offset < count * DENSE_BYTES
  }

  private async advance(offset: number): Promise<void> {
    while (!this.places.advance(offset, COUNT_BYTES)) await this.pause()
  }

  private isFound(offset: number, number: number): boolean {
    if (this.plan.exactness === 'plain' && this.places.isKnownPlain(offset, number)) return true
    const line = this.places.lineAt(offset)
    if (line === undefined) throw new Error('a very long line')
    return (this.plan.exactness === 'plain' && line.isPlain) || this.matches(line.bytes.toString('utf8'))
  }

  /** Others have the thread for a moment, if it was ours for long enough. */
  private async pause(): Promise<void> {
    this.onProgress()
    if (performance.now() - this.turnBegan < TURN_MS) return
    await setImmediate()
    if (this.isStopped) throw new Error('stopped')
    this.turnBegan = performance.now()
  }
}

function bytesAt(fd: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  return bytes.subarray(0, readSync(fd, bytes, 0, length, offset))
}
