/**
 * Records one run from beginning to end: source, run, log, registry entry and control socket. Both the detached runner
 * and the command line are this, with another way to be told and to tell.
 */
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import process from 'node:process'
import { createRedactor } from '../core/redact/redactor'
import { Run } from '../core/run'
import type { EndInfo, OutputContext, Source, SourceHandle, StopHow } from '../core/source'
import { CONTROL_PROTOCOL, type RegistryEntry } from '../shared/control'
import type { EventDraft, RunHead, RunMetadata, RunStatus } from '../shared/events/schema'
import { UserError } from '../shared/userError'
import { ControlServer } from '../node/control/server'
import { makeRegistry, removeEntry, writeEntry } from '../node/control/registry'
import { systemClock } from '../node/machine/clock'
import { controlAddress } from '../node/machine/directories'
import { bootId, machineId, processStart } from '../node/machine/processIdentity'
import { logPaths, makeLogDirectory, newCaptureId } from '../node/runlog/layout'
import type { LogFileSystem } from '../node/runlog/logFileSystem'
import { RunLogWriter } from '../node/runlog/writer'
import { TOOL } from './version'

export interface RecordOptions {
  /** Makes the source once the run has an id. */
  readonly source: (captureId: string) => Source
  readonly title: string
  /** What the kind's head holds (`prompt`, `url`, …). */
  readonly head: Partial<RunHead>
  readonly logDirectory: string
  /** The log exists and the run can be reached. */
  readonly onStarted?: (entry: RegistryEntry) => void
  /** It can be reached; of a source that opens its log late the log may not exist yet, `log_path` is where it will be. */
  readonly onReady?: (entry: RegistryEntry) => void
  /** Every event as it is handed to the log: JSON, one a line. */
  readonly onEvents?: (lines: readonly string[]) => void
  readonly log?: (message: string) => void
  readonly fileSystem?: LogFileSystem
}

export interface RecordResult {
  readonly captureId: string
  /** Empty where nothing came and so no log was made. */
  readonly path: string
  readonly status: Exclude<RunStatus, 'running'>
  readonly error?: string
  /** Events in the log. */
  readonly eventCount: number
  /** Of a launched command. */
  readonly exitCode?: number | null
  readonly signal?: string | null
}

export interface Recording {
  readonly captureId: string
  readonly result: Promise<RecordResult>
  stop(how: StopHow): void
}

/** The code of the error when a run was stopped before anything had started. */
export const STOPPED_EARLY = 'stopped_early'

let recordings = 0

/** True while this process records a run: it must not end for anything but that run's end. */
export function isRecording(): boolean {
  return recordings > 0
}

/** How long a polite stop may take before it becomes a forced one. */
const STOP_PATIENCE_MS = 5000
/** A log that can't be written is tried again after this. */
const RETRY_MS = 1000

/**
 * Starts recording.
 * Its `result` rejects with a UserError when nothing was started and so no log exists; everything later is a result.
 */
export function record(options: RecordOptions): Recording {
  const recorder = new Recorder(options)
  recordings++
  return {
    captureId: recorder.captureId,
    result: recorder.record().finally(() => recordings--),
    stop: (how) => {
      recorder.stop(how)
    },
  }
}

class Recorder {
  readonly captureId = newCaptureId(Date.now())
  private readonly redactor = createRedactor()
  private readonly startedAt = systemClock.monotonic()
  private readonly run: Run
  private readonly source: Source
  private readonly head: RunHead
  private readonly entry: RegistryEntry
  private control: ControlServer | undefined
  private writer: RunLogWriter | undefined
  private handle: SourceHandle | undefined
  private logFailure: UserError | undefined
  /** What was told to the person already. */
  private toldProblem: string | undefined
  private stopRequested: StopHow | undefined
  private stopTimer: NodeJS.Timeout | undefined
  private retryTimer: NodeJS.Timeout | undefined
  /** Ends the wait for a source that does not start. */
  private giveUp: ((why: UserError) => void) | undefined

  constructor(private readonly options: RecordOptions) {
    this.source = options.source(this.captureId)
    this.head = this.redactor.redactHead({
      capture_id: this.captureId,
      kind: this.source.kind,
      title: options.title,
      started_at: new Date().toISOString(),
      pid: process.pid,
      machine: hostname(),
      tool: TOOL,
      ...options.head,
    })
    this.run = new Run(this.captureId, systemClock, this.redactor, {
      append: (batch) => {
        this.options.onEvents?.(eventLines(batch.bytes))
        return this.openLog().append(batch)
      },
    })
    this.entry = {
      capture_id: this.captureId,
      kind: this.head.kind,
      title: this.head.title,
      log_path: '',
      started_at: this.head.started_at,
      pid: process.pid,
      pid_start: processStart(process.pid) ?? '',
      machine: machineId(),
      boot: bootId(),
      address: controlAddress(this.captureId),
      token: randomBytes(24).toString('hex'),
      protocol: CONTROL_PROTOCOL,
      tool_version: TOOL.version,
    }
  }

  async record(): Promise<RecordResult> {
    // Before anything is started: a folder that can't be written is the person's to mend.
    makeLogDirectory(this.options.logDirectory)
    makeRegistry()
    this.control = await ControlServer.listen(this.entry.address, this.captureId, this.entry.token, {
      stop: (how) => {
        this.stop(how)
      },
      stdin: (text, end) => {
        const { handle } = this
        if (handle?.write === undefined) return Promise.reject(new UserError('This run takes no input.', 'no_input'))
        return handle.write(text, end)
      },
      mark: (name, note) => {
        void this.emit({ phase: 'marker', data: note === undefined ? { name } : { name, note } })
      },
    })
    try {
      return await this.finish(await this.runSource())
    } finally {
      clearTimeout(this.stopTimer)
      clearTimeout(this.retryTimer)
      await this.control.close()
    }
  }

  stop(how: StopHow): void {
    if (this.stopRequested === 'force' || this.stopRequested === how) return
    this.stopRequested = how
    this.control?.didStop(how)
    const { handle } = this
    if (handle !== undefined) void handle.stop(how)
    else if (how === 'force') this.giveUp?.(new UserError('It was stopped before it had started.', STOPPED_EARLY))
    if (how === 'polite') {
      this.stopTimer ??= setTimeout(() => {
        this.stop('force')
      }, this.source.stopTimeoutMs ?? STOP_PATIENCE_MS)
    }
  }

  /** @throws UserError from a source that could not even start; no log exists then */
  private async runSource(): Promise<EndInfo> {
    try {
      const opening = this.source.open(this.context())
      const givenUp = new Promise<never>((_resolve, reject) => (this.giveUp = reject))
      this.handle = await Promise.race([opening, givenUp])
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      if (this.writer === undefined && this.run.eventCount === 0) throw error
      if (error.code === STOPPED_EARLY) return { status: 'aborted' }
      void this.emit({ phase: 'error', data: { message: error.message, code: error.code, fatal: true } })
      return { status: 'failed', error: error.message }
    }
    if (this.source.opensLogLate !== true) this.openLog()
    this.options.onReady?.({ ...this.entry, log_path: logPaths(this.options.logDirectory, this.captureId).log })
    const { handle } = this
    if (this.logFailure !== undefined) await handle.stop('force')
    if (this.stopRequested !== undefined) {
      const how = this.stopRequested
      this.stopRequested = undefined
      this.stop(how)
    }
    return handle.ended
  }

  private context(): OutputContext {
    return {
      emit: (draft) => this.emit(draft),
      output: (origin, bytes) => {
        if (this.hasGivenUp) return undefined
        this.openLog()
        return this.run.output(origin, bytes)
      },
      endOutput: (origin) => {
        if (!this.hasGivenUp) this.run.endOutput(origin)
      },
      openLog: () => {
        this.openLog()
      },
      launched: (child) => {
        this.entry.child = child
        try {
          writeEntry(this.entry)
        } catch (error) {
          // The command runs already: a full state folder must not end it. Only a lost recorder's command is harder to find.
          this.options.log?.(`the command could not be noted in the list of live runs: ${String(error)}`)
        }
      },
      log: (message) => this.options.log?.(message),
    }
  }

  private emit(draft: EventDraft): Promise<void> | undefined {
    if (this.hasGivenUp) return undefined
    this.openLog()
    return this.run.emit(draft)
  }

  /** The log has failed and is not tried again. */
  private get hasGivenUp(): boolean {
    return this.logFailure !== undefined && this.source.outlivesLog !== true
  }

  /** The log is made with the first event, so that what can't start leaves no empty run behind. */
  private openLog(): RunLogWriter {
    if (this.writer !== undefined) return this.writer
    const writer = RunLogWriter.create(this.options.logDirectory, this.head, {
      onWritten: (written) => {
        this.control?.grew(written)
      },
      onFailure: (error) => {
        this.logFailed(error)
      },
      onMended: (message) => {
        this.tellProblem(message)
      },
      ...(this.options.fileSystem === undefined ? {} : { fileSystem: this.options.fileSystem }),
    })
    this.writer = writer
    this.entry.log_path = writer.paths.log
    writeEntry(this.entry)
    this.options.onStarted?.(this.entry)
    return writer
  }

  /** A capture that can't be kept is not worth going on with: it ends, and says why. A launched command goes on. */
  private logFailed(error: UserError): void {
    this.logFailure = error
    if (this.source.outlivesLog !== true) {
      void this.handle?.stop('force')
      return
    }
    const { writer } = this
    if (writer === undefined) return
    this.tellProblem(`${error.message} The command goes on; what it prints meanwhile is counted and not kept.`)
    this.run.breakOff(writer.written.count, writer.unwritten)
    this.retryTimer = setTimeout(() => {
      this.tryAgain(writer, error)
    }, RETRY_MS)
  }

  /** The same again and again is told once. */
  private tellProblem(message: string): void {
    if (message === this.toldProblem) return
    this.toldProblem = message
    this.control?.problem(message)
    this.options.log?.(message)
  }

  /** What came meanwhile was counted and let go: one event tells the gap, if it can be written. */
  private tryAgain(writer: RunLogWriter, failed: UserError): void {
    clearTimeout(this.retryTimer)
    writer.tryAgain()
    this.logFailure = undefined
    this.run.resume(`The log could not be written: ${failed.message}`)
    void this.run.flush()
  }

  private async finish(end: EndInfo): Promise<RecordResult> {
    if (this.source.opensLogLate === true && this.writer === undefined) {
      const { captureId } = this
      const { status, error } = end
      return { captureId, path: '', status, eventCount: 0, ...(error === undefined ? {} : { error }) }
    }
    const writer = this.openLog()
    await this.run.flush()
    await writer.check()
    if (this.logFailure !== undefined && this.source.outlivesLog === true) this.tryAgain(writer, this.logFailure)
    for (const draft of this.redactor.flush()) void this.run.emit(draft)
    if (!this.hasGivenUp) {
      void this.run.emit({
        phase: 'completion',
        data: end.error === undefined ? { status: end.status } : { status: end.status, summary: end.error },
      })
    }
    await this.run.flush()
    await writer.flush()
    clearTimeout(this.retryTimer)
    const failure = this.logFailure
    const error = failure?.message ?? end.error
    // How a command ended stays true where its log has gaps.
    const status = failure === undefined || this.source.outlivesLog === true ? end.status : 'failed'
    const { exit_code: exitCode, signal } = end.metadata ?? {}
    const result = (): RecordResult => ({
      captureId: this.captureId,
      path: writer.paths.log,
      status,
      eventCount: writer.written.count,
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(signal === undefined ? {} : { signal }),
    })
    try {
      await writer.finish((written, lost) => this.metadata(end, status, error, written, lost))
      removeEntry(this.captureId)
    } catch (closing) {
      // The entry stays with the reason: the next Tapedeck that looks closes the log when there is room.
      const why = failure ?? (closing instanceof UserError ? closing : undefined)
      if (why === undefined) throw closing
      writeEntry({ ...this.entry, failure: { message: why.message, code: why.code } })
      return { ...result(), status: 'failed', error: why.message }
    }
    return error === undefined ? result() : { ...result(), error }
  }

  /** What no `dropped` event could tell any more: of a run that was broken off, all since then. */
  private lostAtEnd(lost: number): number {
    const unkept = this.run.unkept
    return unkept === undefined ? lost : unkept.count + lost - (this.writer?.unwritten ?? 0)
  }

  private metadata(
    end: EndInfo,
    status: RunStatus,
    error: string | undefined,
    written: {
      count: number
      phaseCounts: Readonly<Record<string, number>>
      levelCounts: Readonly<Record<string, number>>
    },
    lost: number,
  ): RunMetadata {
    return {
      ...this.head,
      ...this.redactor.redactHead(end.metadata ?? {}),
      status,
      finished_at: new Date().toISOString(),
      duration_ms: Math.round(systemClock.monotonic() - this.startedAt),
      event_count: written.count,
      phase_counts: { ...written.phaseCounts },
      level_counts: { ...written.levelCounts },
      dropped: this.run.dropped + this.lostAtEnd(lost),
      redacted: { ...this.redactor.counts },
      ...(error === undefined ? {} : { error: this.redactor.redactText(error) }),
    }
  }
}

function eventLines(bytes: Uint8Array): string[] {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .toString('utf8')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [line.startsWith(',') ? line.slice(1) : line]))
}
