/** The thread that searches a text file and counts its levels over time: several scans, each a little at a time. */
import { readSync } from 'node:fs'
import { detectFormat } from '../../core/lines/detectFormat'
import type { LineFormat } from '../../core/lines/formats/lineFormat'
import { builtInFormats } from '../../core/lines/formats/table'
import { TextKernel } from '../../core/lines/wasm/textKernel'
import { planRipgrep, RipgrepSearch, type Ripgrep } from './ripgrepSearch'
import { createLooker, SearchLooker, type Looker } from './scanLookers'
import type { FromScanThread, ScanSource, ScanTask, ToScanThread } from './scanProtocol'
import { SCAN_TEXT_BYTES, ScanText } from './scanText'
import { decodeText } from './textBytes'
import type { ThreadPort } from './textThread'

/** One scan has the thread for so long. */
const TURN_MS = 15
const TELL_MS = 100
const DETECTED_BYTES = 32 * 1024

class Scan {
  private toldAt = performance.now()
  private isDone = false
  private ahead: RipgrepSearch | undefined

  constructor(
    private readonly id: number,
    private readonly kernel: TextKernel,
    private readonly text: ScanText,
    private readonly looker: Looker,
    private readonly post: (message: FromScanThread) => void,
    private end: number,
  ) {}

  get isWaiting(): boolean {
    return this.isDone || this.ahead !== undefined
  }

  extend(end: number): void {
    this.end = Math.max(this.end, end)
    this.isDone = false
  }

  resume(): void {
    this.text.resume()
  }

  /** Has ripgrep search first, and goes on where that ends; resolves then. */
  async begin(source: ScanSource, task: ScanTask, ripgrep: Ripgrep): Promise<void> {
    const { looker } = this
    if (task.kind !== 'search' || !(looker instanceof SearchLooker)) return
    const plan = planRipgrep(ripgrep, source, task.query)
    if (plan === undefined) return
    const found = (line: number): void => {
      looker.add(line)
      if (looker.isFull) this.tell(search.offset)
    }
    const search = new RipgrepSearch(source, task.query, plan, found, () => {
      if (performance.now() - this.toldAt > TELL_MS) this.tell(search.offset)
    })
    this.ahead = search
    await search.run()
    this.text.startAt(search.offset, search.line)
    this.ahead = undefined
  }

  /** Ends what was started for it. */
  stop(): void {
    this.ahead?.stop()
  }

  /** Scans for a while, or to the end. */
  turn(): void {
    const { text, looker, kernel } = this
    const began = performance.now()
    for (;;) {
      const piece = text.next(this.end)
      if (piece !== undefined) looker.look(piece, text.line)
      if (piece === undefined || piece.kind === 'unfinished') {
        this.isDone = true
        this.tell(this.end)
        return
      }
      text.taken(piece.kind === 'part' ? 0 : kernel.count(0, piece.length))
      const now = performance.now()
      if (now - this.toldAt > TELL_MS || looker.isFull) this.tell(text.offset)
      if (now - began > TURN_MS && !text.isWithinLine) return
    }
  }

  private tell(scanned: number): void {
    this.toldAt = performance.now()
    this.post({ id: this.id, ...this.looker.told(scanned) })
  }
}

/** What searches go by. */
export interface ScanSettings {
  /** The person's own formats of lines. */
  readonly formats?: readonly LineFormat[]
  /** The program that searches large files, if there is one. */
  readonly ripgrep?: Ripgrep | undefined
}

/** Serves until the thread ends. */
export function serveScans(
  port: ThreadPort<FromScanThread, ToScanThread>,
  { formats = [], ripgrep }: ScanSettings = {},
): void {
  const scans = new Map<number, Scan>()
  const beginnings = new Map<number, Promise<void>>()
  const kernel = new TextKernel(SCAN_TEXT_BYTES)
  let last: Scan | undefined
  let next: NodeJS.Immediate | undefined

  function turn(): void {
    next = undefined
    for (const [id, scan] of scans) {
      if (scan.isWaiting) continue
      if (scan !== last) scan.resume()
      last = scan
      try {
        scan.turn()
      } catch (error) {
        fail(id, error)
      }
    }
    turnSoon()
  }

  function turnSoon(): void {
    if ([...scans.values()].some(({ isWaiting }) => !isWaiting)) next ??= setImmediate(turn)
  }

  function begin(id: number, beginning: Promise<void>): void {
    beginnings.set(id, beginning)
    void beginning
      .catch((error: unknown) => {
        fail(id, error)
      })
      .finally(() => {
        beginnings.delete(id)
        turnSoon()
      })
  }

  function fail(id: number, error: unknown): void {
    scans.get(id)?.stop()
    scans.delete(id)
    port.post({ type: 'failed', id, message: error instanceof Error ? error.message : String(error) })
  }

  port.onMessage((message) => {
    const { id } = message
    if (message.type === 'scan') {
      const { source, task } = message
      try {
        const looker = createLooker(kernel, source, task, formatOf(source, formats))
        const post = (told: FromScanThread): void => {
          if (scans.get(id) === scan) port.post(told)
        }
        const scan = new Scan(id, kernel, new ScanText(kernel, source), looker, post, source.end)
        scans.set(id, scan)
        if (ripgrep !== undefined) begin(id, scan.begin(source, task, ripgrep))
      } catch (error) {
        fail(id, error)
      }
    } else if (message.type === 'extend') scans.get(id)?.extend(message.end)
    else {
      scans.get(id)?.stop()
      scans.delete(id)
      void (beginnings.get(id) ?? Promise.resolve()).finally(() => port.post({ type: 'cancelled', id }))
    }
    turnSoon()
  })
}

/** The format of the lines: as it is known, but for what only the first lines tell (a container's inner format). */
function formatOf(
  { fd, encoding, from, end, format }: ScanSource,
  custom: readonly LineFormat[],
): LineFormat | undefined {
  const head = Buffer.alloc(Math.min(DETECTED_BYTES, end - from))
  const length = readSync(fd, head, 0, head.length, from)
  const found = detectFormat(decodeText(head.subarray(0, length), encoding).split('\n').slice(0, -1), custom)
  if (format === undefined || found?.id === format) return found
  return [...custom, ...builtInFormats].find(({ id }) => id === format)
}
