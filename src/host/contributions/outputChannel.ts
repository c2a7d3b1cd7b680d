/** The Output channel: every event of the live runs as one readable line, at most 500 a second a run. */
import * as vscode from 'vscode'
import type { RunSession } from '../runs/runSession'
import { stripAnsi } from '../../shared/lib/ansi'
import { commands } from '../../shared/manifest'
import type { Row } from '../../shared/protocol/rows'
import type { Container } from '../container'
import { errorText, registerCommand } from '../userMessages'

const LINES_PER_SECOND = 500

export function registerOutputChannel({ context, log, runs }: Container): void {
  const channel = vscode.window.createOutputChannel('Tapedeck')
  const printers = new Map<RunSession, Printer>()
  const fail = (error: unknown): void => {
    log.error(errorText(error))
  }
  const stops = [
    runs.onDidStart((session) => {
      printers.set(session, new Printer(session, channel, fail))
    }),
    runs.onDidEnd((session) => {
      printers.get(session)?.end()
      printers.delete(session)
    }),
  ]
  registerCommand(context, log, commands.showOutput, () => {
    channel.show(true)
    return Promise.resolve()
  })
  context.subscriptions.push(channel, {
    dispose: () => {
      for (const stop of stops) stop()
      for (const printer of printers.values()) printer.dispose()
    },
  })
}

class Printer {
  private printed: number
  private allowance = LINES_PER_SECOND
  private readonly stopListening: () => void
  private readonly timer: NodeJS.Timeout
  private printing: Promise<void> = Promise.resolve()

  constructor(
    private readonly session: RunSession,
    private readonly channel: vscode.OutputChannel,
    private readonly fail: (error: unknown) => void,
  ) {
    // A run that was found at the start of the window is told of from here on; its past is in the panel.
    this.printed = session.info.elapsed_ms > 5000 ? session.store.growth.size : 0
    const { title, capture_id } = session.info
    channel.appendLine(`── ${title} (${capture_id})`)
    this.stopListening = session.store.onDidGrow(() => {
      this.print()
    })
    this.timer = setInterval(() => {
      this.skipRest()
      this.allowance = LINES_PER_SECOND
      this.print()
    }, 1000)
    this.print()
  }

  end(): void {
    this.dispose()
    this.printing = this.printing.then(() => this.printRows()).catch(this.fail)
    void this.printing.then(() => {
      this.skipRest()
      const { title, state, error } = this.session.info
      this.channel.appendLine(`── ${title}: ${state}${error === undefined ? '' : `. ${error}`}`)
    })
  }

  dispose(): void {
    this.stopListening()
    clearInterval(this.timer)
  }

  private print(): void {
    this.printing = this.printing.then(() => this.printRows()).catch(this.fail)
  }

  private async printRows(): Promise<void> {
    const from = this.printed
    const to = Math.min(this.session.store.growth.size, from + this.allowance)
    if (to <= from) return
    this.printed = to
    this.allowance -= to - from
    const view = await this.session.store.view({})
    try {
      const rows = await view.rows(from, to)
      const lines = rows.map(readableLine)
      if (lines.length > 0) this.channel.appendLine(lines.join('\n'))
    } finally {
      view.dispose()
    }
  }

  /** What came faster than can be read is counted, with a way to all of it. */
  private skipRest(): void {
    const { size } = this.session.store.growth
    const left = size - this.printed
    if (this.allowance > 0 || left <= 0) return
    this.printed = size
    this.channel.appendLine(
      `${left.toLocaleString('en')} more events: ${vscode.Uri.file(this.session.path).toString()}`,
    )
  }
}

/** A line of output says which stream it came by, and loses its colours, which the channel would show as codes. */
function readableLine({ time, phase, stream, text }: Row): string {
  const what = phase === 'log_line' ? (stream ?? phase) : phase
  return `${clock(time)}  ${what.padEnd(15)}  ${stripAnsi(text)}`
}

function clock(time: number): string {
  const at = new Date(time)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`
}
