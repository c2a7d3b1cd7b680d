/** What the panel of a launched command has beside its list: the end, the line being written, the input, the output as text. */
import type { RequestName, RunInfo } from '../../src/shared/protocol/contract'
import type { CallParams } from '../../src/shared/protocol/peer'
import type { LaunchSummary, RunSummary } from '../../src/shared/protocol/summary'
import { plural } from '../../src/shared/lib/format'
import { exitMeaning, type ExitMeaning } from '../lib/exitMeaning'
import { plainText } from '../lib/outputText'
import { asksForSecret, asksSomething } from '../lib/prompts'
import type { Feed } from './feed.svelte'
import { InputLine } from './inputLine.svelte'

/** Lines that one copy takes. */
const MAX_COPIED = 20_000

/** A sentence for the person. */
export interface Notice {
  readonly level: 'info' | 'warning' | 'error'
  readonly text: string
}

/** What it needs of the panel. */
interface LaunchPanel {
  readonly replay: { readonly isActive: boolean }
  readonly run: RunInfo | undefined
  readonly summary: RunSummary | undefined
  readonly live: boolean
  readonly feed: Feed
  notice: Notice | undefined
  act<N extends RequestName>(name: N, params: CallParams<N>): Promise<boolean>
  copy(text: string): Promise<boolean>
  say(text: string): void
  showProblem(error: unknown): void
}

export class Launch {
  readonly input: InputLine

  constructor(private readonly panel: LaunchPanel) {
    this.input = new InputLine((params) => panel.act('run/input', params))
  }

  /** Undefined for another kind of run, or before it came. */
  get summary(): LaunchSummary | undefined {
    return this.panel.summary?.kind === 'launch' ? this.panel.summary : undefined
  }

  /** How the command ended; undefined while it runs, and for what is no launch. */
  get exit(): ExitMeaning | undefined {
    const { run } = this.panel
    const { summary } = this
    if (run?.kind !== 'launch') return undefined
    const isAsItWas = this.panel.replay.isActive
    const told = isAsItWas || (run.exit_code === undefined && run.signal === undefined) ? summary?.exit : run
    const stopped = summary?.stop_requested === true || (run.state === 'aborted' && !isAsItWas)
    return told === undefined ? undefined : exitMeaning(told, stopped)
  }

  /** The lines that are being written now, by stream. */
  get currentLines(): readonly (readonly [stream: string, text: string])[] {
    const { summary } = this
    return summary === undefined || !this.panel.live
      ? []
      : Object.entries(summary.current).filter(([, text]) => text !== '')
  }

  /** Whether the line being written asks for something that is not to be seen. */
  get asksForSecret(): boolean {
    return this.currentLines.some(([, text]) => asksForSecret(plainText(text)))
  }

  /** Whether the line being written waits for an answer. */
  get asks(): boolean {
    return this.currentLines.some(([, text]) => asksSomething(plainText(text)))
  }

  async runAgain(): Promise<void> {
    await this.panel.act('run/again', {})
  }

  async openFolder(): Promise<void> {
    await this.panel.act('run/openFolder', {})
  }

  async saveText(): Promise<void> {
    await this.panel.act('run/saveText', {})
  }

  /** Copies the text that is selected, else the lines of the view; says so when it can't be all of them. */
  async copyOutput(): Promise<boolean> {
    const { panel } = this
    const selection = document.getSelection()
    const chosen = selection?.isCollapsed === false ? selection.toString() : ''
    if (chosen !== '') {
      const copied = await panel.copy(chosen)
      if (copied) panel.say(`Copied ${plural(chosen.split('\n').length, 'line')}.`)
      return copied
    }
    try {
      const { known, bounds } = panel.feed
      const first = Math.max(bounds.base, known - MAX_COPIED)
      const rows = await panel.feed.fetch(first, known)
      const more = first - bounds.base
      const written = rows.filter((row) => row.phase === 'log_line')
      const lines = (written.length > 0 ? written : rows).map((row) => `${plainText(row.text)}\n`)
      const copied = await panel.copy(lines.join(''))
      if (copied && more === 0) panel.say(`Copied ${plural(lines.length, 'line')}.`)
      if (copied && more > 0)
        panel.notice = {
          level: 'info',
          text: `Copied the last ${plural(lines.length, 'line')} of the view. “Save as text” writes all of them.`,
        }
      return copied
    } catch (error) {
      panel.showProblem(error)
      return false
    }
  }
}
