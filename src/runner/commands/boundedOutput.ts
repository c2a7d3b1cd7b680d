/**
 * The output of a command that records: whoever reads it may be slow, stop, or hold it up (Ctrl-S) for as long as they
 * like, and neither the recording nor our memory feels it. What comes while too much waits is left out, and told.
 */
import type { Writable } from 'node:stream'
import type { EventDraft } from '../../shared/events/schema'
import { formatBytes } from '../../shared/lib/format'
import { LinePrinter } from './lineText'

/** What waits for a slow reader at most. */
export const BOUND_BYTES = 8 * 1024 * 1024
/** How long what still waits at the end may take. */
const LAST_MS = 1000

type Stream = Pick<Writable, 'write' | 'writableLength' | 'on' | 'off'>

/** A terminal of Node's: its writes block the whole process until they are told not to. */
interface Terminal {
  readonly isTTY?: boolean
  readonly _handle?: { setBlocking?(isBlocking: boolean): unknown }
}

export class BoundedOutput {
  private leftOut = { count: 0, bytes: 0 }
  private isLeavingOut = false
  private isBroken = false
  private wake: (() => void) | undefined

  /**
   * @param unit what is counted: "lines"
   * @param say called once for what was left out when it goes on, and once when nobody reads any more
   */
  constructor(
    private readonly stream: Stream,
    private readonly unit: string,
    private readonly say: (message: string) => void,
  ) {
    stream.on('drain', this.onDrain)
    stream.on('error', this.onError)
  }

  /** False while what comes is left out. */
  get hasRoom(): boolean {
    if (this.stream.writableLength >= BOUND_BYTES) this.isLeavingOut = true
    return !this.isLeavingOut && !this.isBroken
  }

  /** Only where there is room; the last piece may go beyond the bound. */
  write(text: string): void {
    if (!this.isBroken) this.stream.write(Buffer.from(text))
  }

  leaveOut(count: number, bytes: number): void {
    if (this.isBroken) return
    this.leftOut.count += count
    this.leftOut.bytes += bytes
  }

  /**
   * Gives the reader a moment for what still waits, and tells what was left out and is not told yet.
   * @returns false when something waits even then: it would keep the process
   */
  async close(patienceMs = LAST_MS): Promise<boolean> {
    if (!this.isDone) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patienceMs)
        this.wake = () => {
          clearTimeout(timer)
          resolve()
        }
        // Less than makes a stream tell that it is drained may wait, too.
        this.stream.write('', this.wake)
      })
    }
    this.stream.off('drain', this.onDrain)
    this.tell()
    return this.isDone
  }

  private get isDone(): boolean {
    return this.isBroken || this.stream.writableLength === 0
  }

  private readonly onDrain = (): void => {
    this.isLeavingOut = false
    this.tell()
  }

  private readonly onError = (error: NodeJS.ErrnoException): void => {
    if (this.isBroken) return
    this.isBroken = true
    this.wake?.()
    if (error.code === 'EPIPE') this.say('nobody reads the output any more; the recording goes on until Ctrl-C')
  }

  private tell(): void {
    const { count, bytes } = this.leftOut
    if (count === 0) return
    this.leftOut = { count: 0, bytes: 0 }
    const size = formatBytes(bytes)
    this.say(
      `${String(count)} ${this.unit} (${size}) are not shown, the output is read too slowly; the recording has them`,
    )
  }
}

/** Shows the events of a recording as they are. */
export function eventsTo(output: BoundedOutput): (lines: readonly string[]) => void {
  return (lines) => {
    const text = `${lines.join('\n')}\n`
    if (output.hasRoom) output.write(text)
    else output.leaveOut(lines.length, text.length)
  }
}

/** Shows the followed lines of a recording. */
export function linesTo(output: BoundedOutput, hasNames: boolean): (lines: readonly string[]) => void {
  let text = ''
  const printer = new LinePrinter(hasNames, (more) => {
    text += more
    return undefined
  })
  return (lines) => {
    const { hasRoom } = output
    for (const line of lines) {
      const event = JSON.parse(line) as EventDraft
      if (hasRoom) void printer.take(event)
      else if (event.phase === 'log_line') {
        printer.skip()
        output.leaveOut(1, event.data.text.length)
      }
    }
    // One piece a batch: pieces cost more than what is in them.
    if (text !== '') output.write(text)
    text = ''
  }
}

/** What is written to a terminal waits in this process from now on, and not this process for the terminal. */
export function unblock(stream: Writable): void {
  const { isTTY, _handle: handle } = stream as Terminal
  // Node has opened the terminal anew for itself: the shell and its other commands don't notice.
  if (isTTY === true) handle?.setBlocking?.(false)
}
