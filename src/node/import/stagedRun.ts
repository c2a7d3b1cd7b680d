/**
 * A run that is made of a file. Its log is written in a folder of its own beside the others and moved to them when it is whole,
 * so that an import that fails or is cancelled leaves nothing.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { SourceClock } from '../../core/import/sourceClock'
import { createRedactor } from '../../core/redact/redactor'
import { Run } from '../../core/run'
import type { EventDraft, RunHead, RunStatus } from '../../shared/events/schema'
import { UserError } from '../../shared/userError'
import { logPaths, makeLogDirectory, newCaptureId } from '../runlog/layout'
import { RunLogWriter } from '../runlog/writer'

/** What wrote the log: `head.tool`. */
export type Tool = RunHead['tool']

export interface StagedOptions {
  readonly logDirectory: string
  readonly tool: Tool
  /** Of the source, in milliseconds since the epoch. */
  readonly startedMs: number
  readonly kind: RunHead['kind']
  readonly title: string
  /** The name of the file and its format. */
  readonly from: { readonly name: string; readonly format: string }
  /** What the kind's head holds. */
  readonly head?: Partial<RunHead>
}

const PREFIX = 'importing-'
/** Nothing else that somebody keeps in the log directory is named so. */
const STAGING = /^importing-(\d+)-[0-9a-f]{8}$/
/** Told one by one; all are counted. */
const MAX_TOLD = 20
/** Years that an id and a stamp have room for. */
const LAST_MS = Date.UTC(9999, 11, 31)

/** A folder for logs that are not whole yet; `remove` takes it away with all in it. */
export async function stagingFolder(
  logDirectory: string,
): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  makeLogDirectory(logDirectory)
  await removeAbandoned(logDirectory)
  const folder = path.join(logDirectory, `${PREFIX}${String(process.pid)}-${randomBytes(4).toString('hex')}`)
  return { path: folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** Moves the log of a run and its index to the others. @returns the path of the log */
export async function publish(folder: string, logDirectory: string, captureId: string): Promise<string> {
  const from = logPaths(folder, captureId)
  const to = logPaths(logDirectory, captureId)
  if (existsSync(to.log)) throw new UserError(`There is a run ${captureId} already.`, 'run_exists')
  if (existsSync(from.index)) await rename(from.index, to.index)
  await rename(from.log, to.log)
  return to.log
}

/** A process of another machine or container can't be asked whether it lives; no import takes so long. */
const ABANDONED_MS = 24 * 3_600_000

/** Of imports whose process was killed. */
async function removeAbandoned(logDirectory: string): Promise<void> {
  for (const name of readdirSync(logDirectory)) {
    const pid = STAGING.exec(name)?.[1]
    if (pid === undefined || isAlive(Number(pid))) continue
    const folder = path.join(logDirectory, name)
    // Another import may have taken it away meanwhile.
    const known = await stat(folder).catch(() => undefined)
    if (known !== undefined && Date.now() - known.mtimeMs > ABANDONED_MS)
      await rm(folder, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's process lives, too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

export class StagedRun {
  readonly clock: SourceClock
  readonly captureId: string
  readonly run: Run
  private readonly redactor = createRedactor()
  private readonly head: RunHead
  private readonly writer: RunLogWriter
  private failure: UserError | undefined
  private readonly startedMs: number
  private hasCompletion = false
  /** Lines or entries that could not be read. */
  damaged = 0
  /** The first of them, in words. */
  firstDamaged: string | undefined

  /** @param folder of `stagingFolder` @throws UserError when the log can't be made */
  constructor(
    folder: string,
    private readonly options: StagedOptions,
  ) {
    const { startedMs, kind, title, tool, from, head = {} } = options
    this.startedMs = startedMs >= 0 && startedMs < LAST_MS ? Math.floor(startedMs) : Date.now()
    this.clock = new SourceClock(this.startedMs)
    this.captureId = newCaptureId(this.startedMs)
    this.head = this.redactor.redactHead({
      capture_id: this.captureId,
      kind,
      title,
      started_at: new Date(this.startedMs).toISOString(),
      pid: process.pid,
      machine: hostname(),
      tool,
      ...head,
      imported_from: from,
    })
    this.writer = RunLogWriter.create(folder, this.head, {
      onFailure: (error) => {
        this.failure = error
      },
    })
    this.run = new Run(this.captureId, this.clock, this.redactor, this.writer, Number.POSITIVE_INFINITY)
  }

  /** @param ms milliseconds since the epoch, or NaN where the source tells none */
  at(ms: number): this {
    if (ms < LAST_MS) this.clock.advance(ms)
    return this
  }

  /** @throws UserError when the log can't be written */
  async emit(draft: EventDraft): Promise<void> {
    this.hasCompletion = draft.phase === 'completion'
    await this.run.emit(draft)
    this.check()
  }

  /** @throws UserError when the log can't be written */
  async output(stream: 'stdout' | 'stdin', text: string): Promise<void> {
    await this.run.output({ stream }, Buffer.from(text))
    this.check()
  }

  /** What can't be read is named in the run; the first ones each, all of them in the end. */
  async noteDamaged(what: string): Promise<void> {
    this.damaged++
    this.firstDamaged ??= what
    if (this.damaged > MAX_TOLD) return
    await this.emit({ phase: 'error', data: { message: what, code: 'damaged_input', fatal: false } })
  }

  /**
   * Writes the last line and moves the log to the others.
   * @returns its path and how many events it has
   * @throws UserError when the log can't be written
   */
  async finish(
    folder: string,
    status: Exclude<RunStatus, 'running'>,
    metadata: Partial<RunHead> = {},
  ): Promise<{ readonly path: string; readonly events: number }> {
    this.run.endOutput({ stream: 'stdout' })
    this.run.endOutput({ stream: 'stdin' })
    for (const draft of this.redactor.flush()) await this.emit(draft)
    if (this.damaged > MAX_TOLD) {
      const why = `could not be read; the first ${String(MAX_TOLD)} are named above`
      await this.emit({ phase: 'dropped', data: { count: this.damaged - MAX_TOLD, why } })
    }
    if (!this.hasCompletion) await this.emit({ phase: 'completion', data: { status } })
    await this.run.flush()
    await this.writer.flush()
    this.check()
    const finishedMs = this.clock.wall()
    await this.writer.finish((written, lost) => ({
      ...this.head,
      ...this.redactor.redactHead(metadata),
      status,
      finished_at: new Date(finishedMs).toISOString(),
      duration_ms: Math.round(finishedMs - this.startedMs),
      event_count: written.count,
      phase_counts: { ...written.phaseCounts },
      level_counts: { ...written.levelCounts },
      dropped: this.run.dropped + lost,
      redacted: { ...this.redactor.counts },
    }))
    const path = await publish(folder, this.options.logDirectory, this.captureId)
    return { path, events: this.writer.written.count }
  }

  /** Closes the files; whoever made the folder removes it. */
  async abandon(): Promise<void> {
    await this.writer.abandon().catch(() => undefined)
  }

  private check(): void {
    if (this.failure !== undefined) throw this.failure
  }
}
