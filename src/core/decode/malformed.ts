/** Frames that can't be read: the first one is told at once, all of them are counted, the capture goes on. */
import type { EventDraft } from '../../shared/events/schema'

const SAMPLE_CHARS = 500

/** Counts the malformed frames of one run. */
export class MalformedFrames {
  private count = 0

  constructor(private readonly emit: (draft: EventDraft) => void) {}

  /** @param sample the frame, or its beginning. */
  note(sample: string): void {
    this.count++
    if (this.count > 1) return
    this.tell('A frame of the chat’s stream could not be read. The capture goes on.', {
      raw: sample.slice(0, SAMPLE_CHARS),
    })
  }

  /** The run is over: tells the total, where more than the first came. */
  end(): void {
    if (this.count < 2) return
    const total = `${String(this.count)} frames of the chat’s streams could not be read.`
    this.tell(`${total} They are in the network bodies as they came.`, { count: this.count })
  }

  private tell(message: string, more: { raw: string } | { count: number }): void {
    this.emit({ phase: 'error', data: { message, code: 'malformed_frames', fatal: false, ...more } })
  }
}
