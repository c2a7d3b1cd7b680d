/** A launched command as a source: its output, its beginning and its end, and what becomes of the processes that it started. */
import process from 'node:process'
import { shellCommand, type Program } from '../../core/launch/shellCommand'
import { cleanLine } from '../../core/lines/cleanLine'
import type { LineOrigin } from '../../core/lines/lineEncoder'
import type { EndInfo, OutputContext, Source, SourceHandle, StopHow } from '../../core/source'
import type { LaunchRequest } from '../../shared/launch'
import { stripAnsi } from '../../shared/lib/ansi'
import { commandLine } from '../../shared/lib/commandLine'
import { processStart } from '../machine/processIdentity'
import { checkForNul, startCommand, type CommandOptions, type Exit, type RunningCommand } from './command'
import { captureMarker, commandEnvironment } from './environment'
import { leftBehind } from './leftBehind'
import { checkFolder, findProgram } from './program'
import { startInPty, type TerminalSize } from './ptyCommand'
import { ResultCollector } from './results'
import { wouldSuspend } from './suspendKey'
import { ProcessTree, type RootProcess } from './tree'
import { stopOnWindows, windowsSystem } from './windowsStop'
import { within } from './within'

type Stream = 'stdout' | 'stderr'

export interface ProcessOptions extends Omit<LaunchRequest, 'kind' | 'title' | 'configuration' | 'rerunOf'> {
  readonly captureId: string
  /** The command gets our environment as it is: ours is the person's own shell. */
  readonly inheritsEnvironment?: true
  /** Absent: a pipe that `write` fills. */
  readonly stdin?: 'inherit'
  readonly isMerged?: boolean
  readonly terminal?: TerminalSize
  /** Gets the bytes before they are recorded; a promise holds the command up. */
  readonly onBytes?: (stream: Stream, bytes: Uint8Array) => Promise<void> | undefined
}

export interface ProcessHandle extends SourceHandle {
  write(text: string, end: boolean): Promise<void>
  /** Hands a signal on to the command: to its whole group where a terminal would do so. */
  signal(name: NodeJS.Signals): void
  resize(size: TerminalSize): void
  /** Whether Ctrl-Z, typed into its terminal now, is meant to suspend it. */
  suspendsAtKey(): boolean
  /** Nobody reads this stream any more: the command gets a broken pipe, as it would without us. */
  breakOff(stream: Stream): void
}

export interface ProcessSource extends Source {
  open(context: OutputContext): Promise<ProcessHandle>
}

export function processSource(options: ProcessOptions): ProcessSource {
  return {
    kind: 'launch',
    stopTimeoutMs: options.stopTimeoutMs,
    outlivesLog: true,
    open: (context) => LaunchedProcess.start(options, context),
  }
}

/** After the exit the pipes may stay open: a run waits until they have been quiet for so long. */
const QUIET_MS = 2000
/** The last output arrives a moment later than the news of the exit. */
const LAST_OUTPUT_MS = 100
/** Signals that a terminal sends to everybody in the foreground. */
const TO_GROUP: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGTSTP', 'SIGCONT', 'SIGWINCH'])
/** Signals by which a person ends a command. */
const ENDING: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGTERM'])
const TAIL_BYTES = 200
const ASKS_FOR_SECRET = /(?:pass(?:word|phrase|code)|secret|token|\bpin\b|api.?key)[^\n]{0,60}[:?>]\s*$/i

class LaunchedProcess implements ProcessHandle {
  readonly ended: Promise<EndInfo>
  private stopping: Promise<unknown> | undefined
  private readonly force = new AbortController()
  private hasExited = false
  /** What was written last did not end its line. */
  private hasOpenInput = false
  /** The question that was answered. */
  private answered: Uint8Array | undefined
  private endedBy: 'stop' | 'signal' | undefined
  private readonly tree: ProcessTree
  /** Ends the wait for output after the command's exit. */
  private giveUp: () => void = () => undefined
  private readonly givenUp = new Promise<void>((resolve) => {
    this.giveUp = resolve
  })

  private constructor(
    private readonly options: ProcessOptions,
    private readonly context: OutputContext,
    private readonly command: RunningCommand,
    private readonly root: RootProcess,
    private readonly results: ResultCollector,
    private readonly tails: Partial<Record<Stream, Uint8Array>>,
  ) {
    this.tree = new ProcessTree(root, captureMarker(options.captureId))
    this.ended = this.untilEnd()
  }

  /** @throws UserError when it can't start; nothing was started then */
  static async start(options: ProcessOptions, context: OutputContext): Promise<LaunchedProcess> {
    const { captureId, unbuffered, logDirectory, cwd } = options
    const env =
      options.inheritsEnvironment === true
        ? inherited(options.env, captureId)
        : commandEnvironment({ captureId, env: options.env, unbuffered })
    await checkFolder(cwd)
    const program = await programOf(options, env)
    checkForNul(program, env)
    context.openLog()
    const results = new ResultCollector({
      patterns: options.results,
      cwd,
      startedAt: Date.now(),
      ignore: [logDirectory],
    })
    await results.begin()
    // What is typed into a terminal is not ours to keep, whatever the command asked for.
    const asksUs = options.stdin === undefined && options.pty !== true
    const tails: Partial<Record<Stream, Uint8Array>> = {}
    const takeOf = (stream: Stream) => {
      const origin: LineOrigin = { stream }
      return (bytes: Uint8Array): Promise<unknown> | undefined => {
        const passing = options.onBytes?.(stream, bytes)
        if (asksUs) tails[stream] = bytes.slice(-TAIL_BYTES)
        const recording = context.output(origin, bytes)
        return passing && recording ? Promise.all([passing, recording]) : (passing ?? recording)
      }
    }
    const start: CommandOptions = {
      captureId,
      program,
      cwd,
      env,
      stdin: options.stdin ?? 'pipe',
      isMerged: options.isMerged ?? false,
      take: { stdout: takeOf('stdout'), stderr: takeOf('stderr') },
    }
    const command = await (options.pty === true ? startInPty(start, options.terminal) : startCommand(start))
    const root = { pid: command.pid, start: processStart(command.pid) ?? '' }
    context.launched(root)
    void context.emit({
      phase: 'process',
      data: { state: 'started', pid: command.pid, command: commandLine(options.command, options.args) },
    })
    return new LaunchedProcess(options, context, command, root, results, tails)
  }

  async stop(how: StopHow): Promise<void> {
    if (how === 'force') this.force.abort()
    if (this.stopping !== undefined) return
    this.endedBy = 'stop'
    const { stopSignal: signal, stopTimeoutMs: timeoutMs } = this.options
    void this.context.emit({ phase: 'process', data: { state: 'stop_requested', pid: this.root.pid, signal } })
    const force = this.force.signal
    const onForce = (): void => {
      void this.context.emit({ phase: 'process', data: { state: 'signalled', pid: this.root.pid, signal: 'SIGKILL' } })
    }
    this.stopping =
      process.platform === 'win32'
        ? stopOnWindows(
            this.root,
            { timeoutMs, exited: this.command.exited, force },
            windowsSystem(() => void this.command.write('', true).catch(() => undefined)),
          )
        : this.tree.stop({ signal, timeoutMs, force, onForce })
    await Promise.resolve()
  }

  async write(text: string, end: boolean): Promise<void> {
    await this.command.write(text, end)
    if (text === '' || this.options.pty === true) return
    // A terminal shows what is typed only where the command lets it; here we look at what the command asked for.
    const tail = this.lastOutput()
    const asked = Buffer.from(tail ?? []).toString('utf8')
    const shown = ASKS_FOR_SECRET.test(asked) ? '(not recorded: the command asked for a secret)\n' : text
    const prompt = tail === this.answered ? '' : promptOf(asked)
    this.answered = tail
    const isLine = shown.indexOf('\n') === shown.length - 1
    if (prompt === '' || !isLine || this.hasOpenInput) void this.context.output({ stream: 'stdin' }, Buffer.from(shown))
    else {
      // The question becomes a line only after its answer: the answer takes it along.
      const data = { text: shown.slice(0, -1), stream: 'stdin', fields: { prompt } } as const
      void this.context.emit({ phase: 'log_line', data })
    }
    this.hasOpenInput = !shown.endsWith('\n')
  }

  signal(name: NodeJS.Signals): void {
    if (this.hasExited) {
      // Only what was left behind is waited for, or a reader that does not read.
      if (ENDING.has(name)) this.giveUp()
      return
    }
    if (ENDING.has(name)) this.endedBy ??= 'signal'
    // A window that is drawn larger sends dozens of these, and they end nothing.
    if (name !== 'SIGWINCH')
      void this.context.emit({ phase: 'process', data: { state: 'signalled', pid: this.root.pid, signal: name } })
    try {
      // A group that no shell watches ignores SIGTSTP.
      const sent = name === 'SIGTSTP' ? 'SIGSTOP' : name
      process.kill(TO_GROUP.has(name) ? -this.root.pid : this.root.pid, sent)
    } catch {
      // It ended a moment ago.
    }
  }

  resize({ columns, rows }: TerminalSize): void {
    this.command.resize?.(columns, rows)
  }

  suspendsAtKey(): boolean {
    const { terminal } = this.command
    return terminal !== undefined && !this.hasExited && wouldSuspend(terminal, this.root.pid)
  }

  breakOff(stream: Stream): void {
    this.command.outputs.get(stream)?.close()
  }

  /** The end of what was printed last where it may be a question. */
  private lastOutput(): Uint8Array | undefined {
    const { stdout, stderr } = this.tails
    const [out, err] = [stdout, stderr].map((tail) => (tail === undefined ? '' : Buffer.from(tail).toString('utf8')))
    return ASKS_FOR_SECRET.test(out ?? '') || promptOf(err ?? '') === '' ? stdout : stderr
  }

  private async untilEnd(): Promise<EndInfo> {
    const outputs = [...this.command.outputs]
    const drained = Promise.all(
      outputs.map(async ([stream, reader]) => {
        await reader.ended
        this.context.endOutput({ stream })
      }),
    )
    const exit = await this.command.exited
    this.hasExited = true
    await within(LAST_OUTPUT_MS, drained)
    void this.context.emit({
      phase: 'process',
      data: { state: 'exited', pid: this.root.pid, exit_code: exit.code, signal: exit.signal },
    })
    await Promise.race([this.untilQuiet(drained), this.givenUp])
    // What a stop was asked to end is gone before the run ends.
    await this.stopping
    for (const [, reader] of outputs) reader.close()
    await drained
    this.context.endOutput({ stream: 'stdin' })
    this.tellLeftBehind()
    const results: unknown[] = []
    for (const draft of await this.results.collect()) {
      if (draft.phase === 'result') {
        const { path, bytes, modified_at } = draft.data
        results.push(bytes === undefined ? { path } : { path, bytes, modified_at })
      }
      await this.context.emit(draft)
    }
    return this.endInfo(exit, results)
  }

  /** A process that was left behind may hold the pipes open for ever. */
  private async untilQuiet(drained: Promise<unknown>): Promise<void> {
    for (;;) {
      const lastReadAt = Math.max(...[...this.command.outputs.values()].map((reader) => reader.lastReadAt))
      const remaining = lastReadAt + QUIET_MS - performance.now()
      if (remaining <= 0 || (await within(remaining, drained))) return
    }
  }

  private tellLeftBehind(): void {
    const left = this.tree.survivors()
    if (left.length > 0) void this.context.emit(leftBehind(left))
  }

  private endInfo(exit: Exit, results: unknown[]): EndInfo {
    const metadata = { exit_code: exit.code, signal: exit.signal, ...(results.length === 0 ? {} : { results }) }
    // In a terminal of its own the command gets Ctrl-C without us.
    const isInterrupted = exit.signal === 'SIGINT' || (this.endedBy === 'signal' && exit.code !== 0)
    if (this.endedBy === 'stop' || isInterrupted) return { status: 'aborted', metadata }
    if (exit.code === 0) return { status: 'completed', metadata }
    const error =
      exit.signal === null
        ? `The command ended with exit code ${String(exit.code)}.`
        : `The command was ended by ${exit.signal}.`
    return { status: 'failed', error, metadata }
  }
}

/** What the output ends with behind its last newline, without codes; nothing where that is a progress bar. */
function promptOf(output: string): string {
  if (output.includes('\r', output.lastIndexOf('\n'))) return ''
  return stripAnsi(cleanLine(output.slice(output.lastIndexOf('\n') + 1))).trimEnd()
}

/** @throws UserError: what was searched, and what is wrong */
async function programOf(options: ProcessOptions, env: Readonly<Record<string, string>>): Promise<Program> {
  const { command, args, cwd, shell } = options
  if (shell === undefined || shell === false) {
    const file = await findProgram(command, { cwd, env })
    // Batch files are run by the command interpreter, as everywhere on Windows.
    if (process.platform === 'win32' && /\.(?:bat|cmd)$/i.test(file)) return shellCommand(true, file, args, 'win32')
    return { file, args, argv0: command }
  }
  const program = shellCommand(shell, command, args, process.platform)
  return { ...program, file: await findProgram(program.file, { cwd, env }) }
}

function inherited(more: Readonly<Record<string, string | null>>, captureId: string): Record<string, string> {
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries({ ...process.env, ...more, TAPEDECK_CAPTURE_ID: captureId })) {
    if (typeof value === 'string') env[name] = value
  }
  return env
}
