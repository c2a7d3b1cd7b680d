/** Sends the steps of a leg as one event stream: in the scenario's pace, at the reader's pace where that is slower. */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Pace, WriteRecord } from './pacing'
import type { LegEnd, Step } from './plan'

/** The largest single write; a bigger step takes several. */
const WRITE_BYTES = 64 * 1024
/** The pause between the two halves of a cut step, milliseconds at speed 1. */
const CUT_PAUSE_MS = 12

/** Where a cut step is cut: after the first byte of its first character of several bytes, otherwise in the middle. */
export function cutPosition(bytes: Uint8Array): number {
  const wide = bytes.findIndex((byte) => byte >= 0xc0)
  return wide >= 0 ? wide + 1 : Math.floor(bytes.length / 2)
}

/** One event stream to one reader. */
export class StreamSender {
  /** Decodes what was written, for the record: a character that was cut in two belongs to the later write. */
  private readonly decoder = new TextDecoder()
  /** Settles when the last write has been handed to the system, or its connection is gone. */
  private flushed: Promise<void> = Promise.resolve()

  constructor(
    private readonly response: ServerResponse,
    private readonly pace: Pace,
    private readonly record: WriteRecord,
    /** Fires when the site closes, the reader leaves or the turn is stopped. */
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Sends all steps and ends the response, or destroys its connection where the leg is cut.
   * @throws AbortError when the signal fires first.
   */
  async send(steps: Iterable<Step>, end: LegEnd): Promise<void> {
    for (const step of steps) {
      await this.pace.wait(step.pauseMs, this.signal)
      const bytes = Buffer.from(step.text)
      if (step.cut === true && bytes.length > 1) {
        const position = cutPosition(bytes)
        await this.write(bytes.subarray(0, position))
        await this.pace.wait(CUT_PAUSE_MS, this.signal)
        await this.write(bytes.subarray(position))
      } else {
        for (let from = 0; from < bytes.length; from += WRITE_BYTES) {
          await this.write(bytes.subarray(from, from + WRITE_BYTES))
        }
      }
    }
    if (end === 'close') {
      this.response.end()
      return
    }
    // What was written must have left before the connection is destroyed, or the reader would never see it.
    await this.flushed
    this.response.destroy()
  }

  private async write(bytes: Uint8Array): Promise<void> {
    this.record.note(this.decoder.decode(bytes, { stream: true }))
    let settle = (): void => undefined
    this.flushed = new Promise((resolve) => {
      settle = resolve
    })
    const goesOn = this.response.write(bytes, () => {
      settle()
    })
    if (!goesOn) await once(this.response, 'drain', { signal: this.signal })
  }
}
