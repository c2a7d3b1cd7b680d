/** The line that a person types for a running command. What was typed is kept in memory only: it may be a password. */
import type { RunInfo } from '../../src/shared/protocol/contract'

const MAX_HISTORY = 200

export class InputLine {
  text = $state('')
  /** Whether the command ever read input in this panel: then the line stays and says why it is over. */
  offered = $state(false)
  /** Why nothing can be sent; undefined when it can. */
  closed = $state<string>()
  sending = $state(false)

  private readonly history: string[] = []
  /** Where the arrows stand in the history; its length for the line that is being typed. */
  private at = 0
  /** What was being typed before the arrows went up. */
  private draft = ''
  private ended = false

  constructor(private readonly send: (params: { text: string; end?: true }) => Promise<boolean>) {}

  take(run: RunInfo): void {
    const live = run.state === 'running' || run.state === 'stopping'
    if (live && run.accepts_input === true) this.offered = true
    this.closed = !live
      ? 'The command has ended and reads nothing more.'
      : this.ended
        ? 'The input was ended (Ctrl+D); the command goes on.'
        : run.accepts_input === true
          ? undefined
          : 'The command reads no input.'
  }

  /**
   * Sends the line. What could not be sent stays to be sent again.
   * @param secret keeps it out of the history
   */
  async submit(secret = false): Promise<void> {
    if (this.closed !== undefined || this.sending) return
    const line = this.text
    this.sending = true
    const sent = await this.send({ text: `${line}\n` })
    this.sending = false
    if (!sent) return
    if (line !== '' && !secret && this.history.at(-1) !== line) this.history.push(line)
    if (this.history.length > MAX_HISTORY) this.history.shift()
    this.at = this.history.length
    this.draft = ''
    if (this.text === line) this.text = ''
  }

  /** Sends what is typed and closes the command's input. */
  async end(): Promise<void> {
    if (this.closed !== undefined || this.sending) return
    this.sending = true
    const sent = await this.send({ text: this.text, end: true })
    this.sending = false
    if (!sent) return
    this.text = ''
    this.ended = true
    this.closed ??= 'The input was ended (Ctrl+D); the command goes on.'
  }

  /** To the line sent before (-1) or after (1) the shown one. */
  recall(step: -1 | 1): void {
    const target = this.at + step
    if (target < 0 || target > this.history.length) return
    if (this.at === this.history.length) this.draft = this.text
    this.at = target
    this.text = this.history[target] ?? this.draft
  }
}
