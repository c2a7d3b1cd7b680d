/** Text files that are followed, as a source of events: their lines, and what happens to the files. */
import path from 'node:path'
import { cleanLine } from '../../core/lines/cleanLine'
import type { TextEncoding } from '../../core/lines/lineDecoder'
import { createLineParser, type LineParser, type LineParserOptions } from '../../core/lines/lineParser'
import { lineData, plainLine } from '../../core/lines/recordedLine'
import type { EndInfo, OutputContext, Source, SourceContext, SourceHandle } from '../../core/source'
import type { EventData } from '../../shared/events/schema'
import { formatBytes } from '../../shared/lib/format'
import { UserError } from '../../shared/userError'
import { compressionOf } from '../textfile/decompress'
import { FileFollower, type FollowOptions } from './fileFollower'
import { FollowedLines } from './followedLines'
import type { FollowedFileEvent } from './followSink'
import { JoiningFiles } from './joiningFiles'
import { readPacked } from './packedFile'
import { isRotationOf } from './siblings'

export interface FileSourceOptions {
  /** Absolute paths; files that are not there yet are waited for. Packed ones (.gz, .zst) are read once, from their start. */
  readonly files: readonly string[]
  /** Files that match join as they appear, from their beginning. Relative to `cwd`. */
  readonly globs?: readonly string[]
  readonly cwd?: string
  /** Files, and folders with all in them, that never join; absolute. */
  readonly leaveOut?: readonly string[]
  /** While so many files are followed none joins; without it all do, up to the bound of all. */
  readonly maxJoined?: number
  readonly from: FollowOptions['from']
  /** Where to begin in single files instead, by path. */
  readonly positions?: Readonly<Record<string, FollowOptions['from']>>
  readonly encoding?: TextEncoding
  readonly parser?: LineParserOptions
  /** So much text at most; then the source ends and says so. */
  readonly maxBytes?: number
  /** Lines are not looked into: no level, no time. */
  readonly plain?: true
  /** Ends when what is there was read, instead of going on. */
  readonly untilEnd?: true
}

/** Small enough that a piece of short lines is taken apart in a few milliseconds. */
const CHUNK_BYTES = 64 * 1024
/** An unfinished line is shown when nothing has completed it for so long. */
const UNFINISHED_MS = 100
/** More files at once are refused: each costs a descriptor and a watcher. */
const MAX_FILES = 64

export interface FileHandle extends SourceHandle {
  /** Resolves when what was written until now is read: as at news of it where `isNews`. */
  settle(isNews?: boolean): Promise<void>
}

export interface FileSource extends Source {
  open(context: OutputContext): Promise<FileHandle>
}

export function fileSource(options: FileSourceOptions): FileSource {
  return { kind: 'follow', opensLogLate: true, open: (context) => FollowedFiles.start(options, context) }
}

interface Followed {
  /** None for a packed file. */
  readonly follower?: FileFollower
  readonly unfinished: UnfinishedLine
  readonly lines: FollowedLines
}

class FollowedFiles implements FileHandle {
  readonly ended: Promise<EndInfo>
  private end: (info: EndInfo) => void = () => undefined
  private readonly followed = new Map<string, Followed>()
  private joining: JoiningFiles | undefined
  private bytes = 0
  private closing: Promise<void> | undefined
  private readonly busy = new Set<string>()
  /** What happened to files before the first line: a log is made for lines. */
  private early: FollowedFileEvent[] | undefined = []
  private readonly unpacking = new AbortController()
  /** Packed files that are being read. */
  private readonly packed = new Set<Promise<void>>()
  /** What could not be read: of use when it ends by itself. */
  private failure: string | undefined

  private constructor(
    private readonly options: FileSourceOptions,
    private readonly context: SourceContext,
  ) {
    this.ended = new Promise((resolve) => {
      this.end = resolve
    })
  }

  /** @throws UserError for what can't be followed; nothing is followed then */
  static async start(options: FileSourceOptions, context: SourceContext): Promise<FollowedFiles> {
    const files = new FollowedFiles(options, context)
    try {
      for (const file of options.files) await files.follow(file, options.positions?.[file] ?? options.from)
      const { globs = [], cwd = '.', leaveOut } = options
      if (globs.length > 0) {
        files.joining = new JoiningFiles({ patterns: globs, cwd, leaveOut }, (file) => files.join(file))
        const found = await files.joining.start()
        for (const file of found) {
          // What was rotated away is history, and would come twice.
          if (found.some((one) => isRotationOf(one, file)) || compressionOf(file) !== undefined) continue
          const from = options.positions?.[file] ?? options.from
          // Where files join as far as there is room, one that can't be followed costs the others nothing.
          if (options.maxJoined === undefined) await files.follow(file, from)
          else await files.join(file, from)
        }
      }
    } catch (error) {
      await files.close()
      throw error
    }
    if (files.early !== undefined && options.untilEnd !== true) warmUp()
    if (options.untilEnd === true) void files.finishAtEnd()
    return files
  }

  async settle(isNews = false): Promise<void> {
    await this.joining?.settle()
    await Promise.all([...this.followed.values()].flatMap(({ follower }) => follower?.look(isNews) ?? []))
  }

  private async finishAtEnd(): Promise<void> {
    await this.settle()
    await Promise.all(this.packed)
    await this.finish(this.outcome)
  }

  async stop(): Promise<void> {
    await this.finish({ status: 'completed' })
  }

  private async follow(file: string, from: FollowOptions['from']): Promise<void> {
    if (this.followed.has(file) || this.closing !== undefined) return
    if (this.followed.size >= MAX_FILES) {
      throw new UserError(
        `At most ${String(MAX_FILES)} files are followed at once; ${file} is one more.`,
        'too_many_files',
        'bad_input',
      )
    }
    const parsers = new Map<number, LineParser>()
    const unfinished = new UnfinishedLine((text) => {
      this.begin()
      void this.context.emit({ phase: 'line_update', data: { stream: 'file', source: file, text: cleanLine(text) } })
    })
    const lines = new FollowedLines(
      {
        line: (line, generation) => {
          unfinished.clear()
          this.begin()
          if (this.options.plain === true) return this.context.emit({ phase: 'log_line', data: plainLine(file, line) })
          let parser = parsers.get(generation)
          if (parser === undefined) parsers.set(generation, (parser = createLineParser(this.options.parser)))
          return this.context.emit({ phase: 'log_line', data: lineData(file, line, parser) })
        },
        took: (generation) => {
          unfinished.note(lines.unfinished(generation))
        },
        file: (event) => {
          if (this.early === undefined) void this.context.emit({ phase: 'file', data: fileData(event) })
          else this.early.push(event)
        },
        ended: (generation) => parsers.delete(generation),
        notice: (message) => {
          this.context.log(message)
        },
        busy: (isBusy) => {
          if (isBusy) this.busy.add(file)
          else this.busy.delete(file)
          this.joining?.setBusy(this.busy.size > 0)
        },
      },
      this.options.encoding,
    )
    if (compressionOf(file) !== undefined) {
      if (from !== 'start') throw onlyFromStart(file)
      this.followed.set(file, { lines, unfinished })
      this.unpack(file, lines)
      return
    }
    const follower = new FileFollower(
      file,
      { from, chunkBytes: CHUNK_BYTES },
      {
        bytes: (chunk, at) => lines.bytes(this.bounded(chunk), at),
        file: (event) => {
          lines.file(event)
        },
        ended: (generation) => {
          lines.ended(generation)
        },
        state: (state) => {
          if (state === 'waiting') this.context.log(`${file} is not there yet; waiting for it`)
        },
        notice: (message) => {
          lines.notice(message)
        },
        failed: (message) => {
          this.failure ??= message
        },
        busy: (isBusy) => {
          lines.busy(isBusy)
        },
      },
    )
    this.followed.set(file, { follower, lines, unfinished })
    await follower.open()
    // Whoever started this can stop it while it reads what is there, which may be gigabytes.
    void follower.look()
  }

  private unpack(file: string, lines: FollowedLines): void {
    lines.file({ state: 'opened', path: file, generation: 0 })
    const take = (bytes: Uint8Array, offset: number): Promise<unknown> | undefined =>
      lines.bytes(this.bounded(bytes), { generation: 0, offset })
    const reading = readPacked(file, take, this.unpacking.signal)
      .catch((error: unknown) => (error instanceof Error ? error.message : String(error)))
      .then((problem) => {
        this.packed.delete(reading)
        if (this.closing !== undefined) return
        lines.ended(0)
        this.failure ??= problem
        if (problem !== undefined) this.context.log(problem)
        const isOver = this.packed.size === 0 && this.joining === undefined && this.options.untilEnd !== true
        // What is packed grows no more.
        if (isOver && [...this.followed.values()].every(({ follower }) => follower === undefined)) {
          void this.finish(this.outcome)
        }
      })
    this.packed.add(reading)
  }

  private get outcome(): EndInfo {
    return this.failure === undefined ? { status: 'completed' } : { status: 'failed', error: this.failure }
  }

  /** The first text is there. */
  private begin(): void {
    const { early } = this
    this.early = undefined
    for (const event of early ?? []) void this.context.emit({ phase: 'file', data: fileData(event) })
  }

  /** A file that matches a pattern has come. */
  private async join(file: string, from: FollowOptions['from'] = 'start'): Promise<void> {
    // Its follower has read it already.
    if ([...this.followed.keys()].some((one) => isRotationOf(one, file)) || compressionOf(file) !== undefined) return
    if (this.followed.has(file)) return
    if (this.followed.size >= (this.options.maxJoined ?? MAX_FILES)) {
      this.context.log(`${file} matches too, but ${String(this.followed.size)} files are followed already`)
      return
    }
    try {
      await this.follow(file, from)
    } catch (error) {
      this.followed.delete(file)
      this.context.log(error instanceof Error ? error.message : String(error))
    }
  }

  /** As much of a piece as may still be kept. */
  private bounded(chunk: Uint8Array): Uint8Array {
    const { maxBytes } = this.options
    if (this.closing !== undefined) return chunk.subarray(0, 0)
    if (maxBytes === undefined || this.bytes + chunk.length <= maxBytes) {
      this.bytes += chunk.length
      return chunk
    }
    const room = chunk.lastIndexOf(10, maxBytes - this.bytes - 1) + 1
    const rest = chunk.subarray(room)
    // When the lines before are told.
    queueMicrotask(() => void this.tellBound(maxBytes, rest.length, rest.filter((byte) => byte === 10).length))
    this.bytes = maxBytes
    return chunk.subarray(0, room)
  }

  private async tellBound(maxBytes: number, bytes: number, lines: number): Promise<void> {
    if (this.closing !== undefined) return
    const why = `The recording has reached its bound of ${formatBytes(maxBytes)}; what comes now is in the files alone.`
    this.context.log(why)
    void this.context.emit({ phase: 'dropped', data: { count: Math.max(1, lines), bytes, why } })
    await this.finish({ status: 'completed' })
  }

  private async finish(info: EndInfo): Promise<void> {
    await this.close()
    const files = [...this.followed].map(([file]) => ({ path: file }))
    this.end({ ...info, metadata: { files } })
  }

  private close(): Promise<void> {
    this.closing ??= (async () => {
      this.unpacking.abort()
      await this.joining?.close()
      await Promise.all([...this.followed.values()].flatMap(({ follower }) => follower?.close() ?? []))
      for (const { lines, unfinished } of this.followed.values()) {
        unfinished.clear()
        lines.endAll()
      }
    })()
    return this.closing
  }
}

/** The first line that is written would wait until expressions are compiled: some ten milliseconds. */
function warmUp(): void {
  const parser = createLineParser()
  for (let i = 0; i < 3; i++) parser.parse(`a line ${String(i)}: error`)
}

function onlyFromStart(file: string): UserError {
  return new UserError(
    `${file} is packed, so it can't be followed from its end; read it with --from-start or \`tapedeck parse\`.`,
    'packed_file',
    'bad_input',
  )
}

/** Tells the line that is being written when it stays unfinished for a while. */
class UnfinishedLine {
  private timer: NodeJS.Timeout | undefined
  private text: string | undefined
  private told: string | undefined

  constructor(private readonly tell: (text: string) => void) {}

  note(text: string | undefined): void {
    this.text = text
    if (text === undefined || text === this.told) return
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      if (this.text === undefined || this.text === this.told) return
      this.told = this.text
      this.tell(this.text)
    }, UNFINISHED_MS)
  }

  clear(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.text = undefined
    this.told = undefined
  }
}

function fileData({ state, path: file, keptBytes }: FollowedFileEvent): EventData<'file'> {
  return { state, path: path.normalize(file), ...(keptBytes === undefined ? {} : { kept_bytes: keptBytes }) }
}
