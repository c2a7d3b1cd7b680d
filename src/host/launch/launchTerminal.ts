/** The terminal of a task: starts its launch, shows its output plainly, and ends with its exit code. Closing it stops the run. */
import os from 'node:os'
import * as vscode from 'vscode'
import type { RegistryEntry } from '../../shared/control'
import { taskType } from '../../shared/manifest'
import type { RunInfo } from '../../shared/protocol/contract'
import type { Row } from '../../shared/protocol/rows'
import type { Container } from '../container'
import type { RunSession } from '../runs/runSession'
import { errorText } from '../userMessages'
import type { Launchable } from './launchable'
import { OutputMirror } from './outputMirror'

/** What a task ends with that could not start, as `env` does. */
const NOT_STARTED = 125

interface Shown {
  readonly session: RunSession
  readonly mirror: OutputMirror
}

export class LaunchTerminal implements vscode.Pseudoterminal {
  private readonly written = new vscode.EventEmitter<string>()
  private readonly ended = new vscode.EventEmitter<number>()
  private readonly shown: Shown[] = []
  private closed = false
  private typed = ''
  readonly onDidWrite = this.written.event
  readonly onDidClose = this.ended.event

  /** @param launch is asked when the task starts; throws a UserError when the task is not right */
  constructor(
    private readonly container: Container,
    private readonly launch: () => Launchable,
    /** The label of the task. */
    private readonly label: string,
  ) {}

  open(): void {
    this.run().then(
      (code) => {
        this.finish(code)
      },
      (error: unknown) => {
        this.container.log.error(errorText(error))
        this.say(errorText(error), '31')
        this.finish(NOT_STARTED)
      },
    )
  }

  /** The task was ended, or its terminal closed: nobody wants the command any more. */
  close(): void {
    if (this.closed) return
    this.closed = true
    for (const { session, mirror } of this.shown.splice(0)) {
      mirror.dispose()
      void this.stop(session).then(() => {
        this.container.runs.release(session)
      })
    }
  }

  /** Whole lines go to the command; Ctrl-C asks it to stop, Ctrl-D ends its input. */
  handleInput(data: string): void {
    for (const key of data) {
      if (key === '\u0003') for (const { session } of this.shown) void this.stop(session)
      else if (key === '\u0004') this.send(this.typed, true)
      else if (key === '\r') this.send(`${this.typed}\n`, false)
      else if (key === '\u007f') this.erase()
      else if (key >= ' ') {
        this.typed += key
        this.written.fire(key)
      }
    }
  }

  private async run(): Promise<number> {
    const { launches, runs } = this.container
    const entries = (await launches?.start(this.launch(), { show: false, title: this.label })) ?? []
    if (entries.length === 0) {
      this.say('Nothing was started.')
      return NOT_STARTED
    }
    this.showPanel(entries)
    const codes = await Promise.all(
      entries.map(async ({ log_path }) => {
        const session = await runs.acquire(log_path)
        if (this.closed) {
          await this.stop(session)
          runs.release(session)
          return NOT_STARTED
        }
        return this.show(session, entries.length > 1)
      }),
    )
    return codes.find((code) => code !== 0) ?? 0
  }

  /** The panel of the first run, unless the task's `presentation` wants nothing shown. The keys stay where they are. */
  private showPanel([first]: readonly RegistryEntry[]): void {
    const isOurs = ({ task }: vscode.TaskExecution): boolean =>
      task.name === this.label && task.definition.type === taskType
    const task = vscode.tasks.taskExecutions.find(isOurs)?.task
    if (first === undefined || task?.presentationOptions.reveal === vscode.TaskRevealKind.Never) return
    this.container.panels?.open(first.log_path, true).catch((error: unknown) => {
      this.container.log.error(errorText(error))
    })
  }

  /** Resolves with the exit code when the run has ended and all of it is shown. */
  private async show(session: RunSession, several: boolean): Promise<number> {
    const before = several ? `[${session.info.title}] ` : ''
    const target = {
      lines: (rows: readonly Row[]): void => {
        // What is typed here was shown as it was typed.
        const printed = rows.filter(({ stream }) => stream !== 'stdin')
        this.written.fire(printed.map(({ text }) => `${before}${text}\r\n`).join(''))
      },
      skipped: (count: number): void => {
        this.say(`${before}… ${count.toLocaleString('en')} lines are left out here. The run has them all.`, '2')
      },
    }
    const mirror = new OutputMirror(session, target, (error) => {
      this.container.log.error(errorText(error))
    })
    this.shown.push({ session, mirror })
    await session.whenEnded()
    await mirror.read()
    const { info } = session
    if (info.error !== undefined) this.say(`${before}${info.error}`, info.state === 'failed' ? '31' : '2')
    return exitCodeOf(info)
  }

  private send(text: string, end: boolean): void {
    this.written.fire('\r\n')
    this.typed = ''
    for (const { session } of this.shown) {
      session.write(text, end).catch((error: unknown) => {
        this.say(errorText(error), '2')
      })
    }
  }

  private erase(): void {
    if (this.typed === '') return
    this.typed = this.typed.replace(/.$/su, '')
    this.written.fire('\b \b')
  }

  private async stop(session: RunSession): Promise<void> {
    if (!session.isLive) return
    try {
      await session.stop('polite')
    } catch (error) {
      this.container.log.error(errorText(error))
    }
  }

  private say(text: string, style = '0'): void {
    this.written.fire(`\u001b[${style}m${text.replace(/\r?\n/g, '\r\n')}\u001b[0m\r\n`)
  }

  private finish(code: number): void {
    if (this.closed) return
    this.closed = true
    for (const { session, mirror } of this.shown.splice(0)) {
      mirror.dispose()
      this.container.runs.release(session)
    }
    this.ended.fire(code)
  }
}

/** As a shell tells it: 128 and the signal's number for a command that a signal ended. */
function exitCodeOf({ exit_code, signal, state }: RunInfo): number {
  if (exit_code !== undefined) return exit_code
  const number = signal === undefined ? undefined : os.constants.signals[signal as NodeJS.Signals]
  if (number !== undefined) return 128 + number
  return state === 'completed' ? 0 : 1
}
