/** Looks at each line of a piece with its level and time, straight from its bytes; continued lines have those of their entry. */
import { createLevelTimeScanner } from '../../core/lines/levelTime'
import type { LineFormat } from '../../core/lines/formats/lineFormat'
import type { LevelTimeScanner } from '../../core/lines/slowScanner'
import { TEXT_START, type TextKernel } from '../../core/lines/wasm/textKernel'

const LIST_BYTES = 64 * 1024

/** @param time milliseconds since the epoch, NaN before the first line with one */
export type LineLook = (line: number, from: number, to: number, level: number, time: number) => void

export class LineScan {
  private readonly scanner: LevelTimeScanner
  private time = Number.NaN

  /**
   * @param isPlain nobody asks for levels and times: they are 0 and NaN
   * @param isTimed false where nobody asks for times: those without a zone are not worked out in the machine's
   */
  constructor(
    private readonly kernel: TextKernel,
    format: LineFormat | undefined,
    private readonly isPlain: boolean,
    isTimed: boolean,
  ) {
    this.scanner = createLevelTimeScanner(format, isTimed ? {} : { offsetMinutes: 0 })
  }

  /** Whether the line that is being looked at belongs to the entry above. */
  get isContinued(): boolean {
    return this.scanner.continued
  }

  /** The whole lines of `[0, length)`, the first of which has the number `first`. */
  lines(length: number, first: number, look: LineLook): void {
    const { kernel, isPlain, scanner } = this
    let line = first
    let start = 0
    for (let from = 0; from < length; from += LIST_BYTES) {
      const ends = kernel.list(from, Math.min(length, from + LIST_BYTES))
      for (let i = 0; i < ends.length; i++) {
        const end = (ends[i] ?? 0) - TEXT_START
        if (isPlain) look(line, start, end, 0, Number.NaN)
        else {
          scanner.scan(kernel.text, start, end)
          const { time } = scanner
          if (time === time) this.time = time
          look(line, start, end, scanner.level, this.time)
        }
        line++
        start = end + 1
      }
    }
  }

  /** One line, or the beginning of one. */
  line(length: number, line: number, look: LineLook): void {
    if (!this.isPlain) {
      this.scanner.scan(this.kernel.text, 0, length)
      if (!Number.isNaN(this.scanner.time)) this.time = this.scanner.time
    }
    look(line, 0, length, this.isPlain ? 0 : this.scanner.level, this.time)
  }

  /** As `line`, but leaves nothing behind: the line is looked at again when it is whole. */
  unfinished(length: number, line: number, look: LineLook): void {
    const { level } = this.scanner
    const { time } = this
    this.line(length, line, look)
    this.scanner.level = level
    this.time = time
  }
}
