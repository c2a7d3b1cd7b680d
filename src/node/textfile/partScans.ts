/** One task over all lines of a text file: content by content, and on as the last one grows. */
import type { UserError } from '../../shared/userError'
import type { FromScanThread, ScanTask } from './scanProtocol'
import type { LinesPart, TextState } from './textProtocol'
import type { RunningScan, TextScanner } from './textScanner'

export interface PartScansListener {
  /** A part is passed, in order: lines were all looked at unless they are the last ones. */
  onPart(part: TextState['parts'][number]): void
  onResult(part: LinesPart, result: Extract<FromScanThread, { type: 'found' | 'buckets' }>): void
  /** After a result, when it is known what is left to do. */
  onProgress(): void
  /** All that was told is void. */
  onRestart(): void
  onFailure(error: UserError): void
}

export class PartScans {
  private at = 0
  private running: RunningScan | undefined
  private scanned = 0
  private failed = false
  private resets: number
  private readonly ending = new Set<Promise<void>>()

  constructor(
    private readonly scanner: TextScanner,
    private readonly task: ScanTask,
    private state: TextState,
    private readonly listener: PartScansListener,
  ) {
    this.resets = state.resets
    this.goOn()
  }

  /** Whether everything that is known was looked at. */
  get isComplete(): boolean {
    const part = this.state.parts[this.at]
    return this.failed || part === undefined || (part.kind === 'lines' && this.scanned >= part.end)
  }

  update(state: TextState): void {
    this.state = state
    if (state.resets !== this.resets) {
      this.resets = state.resets
      this.stop()
      this.at = 0
      this.failed = false
      this.listener.onRestart()
    }
    this.goOn()
  }

  /** Resolves when nothing is read any more that was to be read before the last reset. */
  async settled(): Promise<void> {
    await Promise.all(this.ending)
  }

  dispose(): Promise<void> {
    this.stop()
    this.failed = true
    return this.settled()
  }

  private stop(): void {
    const ended = this.running?.cancel()
    this.running = undefined
    this.scanned = 0
    if (ended === undefined) return
    this.ending.add(ended)
    void ended.finally(() => this.ending.delete(ended))
  }

  private goOn(): void {
    while (!this.failed) {
      const { parts } = this.state
      const part = parts[this.at]
      if (part === undefined) return
      if (part.kind === 'lines') {
        if (this.running === undefined) this.start(part)
        else this.running.extend(part.end)
        if (this.scanned < part.end || this.at === parts.length - 1) return
        this.stop()
      }
      this.listener.onPart(part)
      this.at++
    }
  }

  private start(part: LinesPart): void {
    const { fd, encoding, from, end, blocks, plainBlocks } = part
    const { at } = this
    const format = this.state.format?.id
    const source = { fd, encoding, from, end, blocks, plainBlocks, ...(format === undefined ? {} : { format }) }
    this.scanned = 0
    const running = this.scanner.scan(source, this.task, {
      onResult: (result) => {
        if (this.running !== running) return
        this.scanned = result.scanned
        this.listener.onResult(part, result)
        this.goOn()
        this.listener.onProgress()
      },
      onRestart: () => {
        if (this.running !== running) return
        // The parts before are looked at again too: what was found is one list.
        this.stop()
        this.at = 0
        this.listener.onRestart()
        this.goOn()
      },
      onFailure: (error) => {
        if (this.running !== running) return
        this.running = undefined
        this.failed = true
        this.at = at
        this.listener.onFailure(error)
      },
    })
    this.running = running
  }
}
