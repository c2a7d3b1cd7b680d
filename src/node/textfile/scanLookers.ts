/** What a scan makes of the pieces of a text: lines found, or counts of entries by level over time. */
import type { LineFormat } from '../../core/lines/formats/lineFormat'
import type { TextKernel } from '../../core/lines/wasm/textKernel'
import { LevelHistogram } from '../../core/query/levelHistogram'
import { LineScan } from './lineScan'
import type { FromScanThread, ScanSource, ScanTask } from './scanProtocol'
import type { Piece } from './scanText'
import { TextSearch } from './textSearch'

/** So many lines found are told at once. */
const FULL_LINES = 65_536

/** Told without the scan's number. */
export type Told<M = FromScanThread> = M extends unknown ? Omit<M, 'id'> : never

export interface Looker {
  /** Whether so much was found that it should be told now. */
  readonly isFull: boolean
  look(piece: Piece, line: number): void
  told(scanned: number): Told
}

export function createLooker(
  kernel: TextKernel,
  source: ScanSource,
  task: ScanTask,
  format: LineFormat | undefined,
): Looker {
  return task.kind === 'search'
    ? new SearchLooker(kernel, source, task.query, format)
    : new HistogramLooker(kernel, format, task.range)
}

export class SearchLooker implements Looker {
  private lines = new Float64Array(1024)
  private count = 0
  private last = -1
  private unfinished: number | undefined
  private readonly search: TextSearch

  constructor(
    kernel: TextKernel,
    { encoding }: ScanSource,
    query: Extract<ScanTask, { kind: 'search' }>['query'],
    format: LineFormat | undefined,
  ) {
    this.search = new TextSearch(kernel, encoding, query, format, (line) => {
      this.add(line)
    })
  }

  get isFull(): boolean {
    return this.count >= FULL_LINES
  }

  look(piece: Piece, line: number): void {
    this.unfinished = this.search.look(piece, line) ? line : undefined
  }

  told(scanned: number): Told {
    const lines = this.lines.slice(0, this.count)
    this.count = 0
    const { unfinished } = this
    return { type: 'found', lines, scanned, ...(unfinished === undefined ? {} : { unfinished }) }
  }

  /** What begins again where it was may find its last line twice. */
  add(line: number): void {
    if (line <= this.last) return
    this.last = line
    if (this.count === this.lines.length) {
      const more = new Float64Array(this.count * 2)
      more.set(this.lines)
      this.lines = more
    }
    this.lines[this.count++] = line
  }
}

class HistogramLooker implements Looker {
  readonly isFull = false
  private readonly histogram: LevelHistogram
  private readonly scan: LineScan
  private isInLongLine = false

  constructor(
    kernel: TextKernel,
    format: LineFormat | undefined,
    range: Extract<ScanTask, { kind: 'histogram' }>['range'],
  ) {
    this.histogram = new LevelHistogram(range)
    this.scan = new LineScan(kernel, format, false, true)
  }

  look({ kind, length }: Piece, line: number): void {
    const add = (_line: number, _from: number, _to: number, level: number, time: number): void => {
      if (!this.scan.isContinued) this.histogram.add(time, level)
    }
    if (kind === 'lines') this.scan.lines(length, line, add)
    else if (kind !== 'unfinished') {
      if (!this.isInLongLine) this.scan.line(length, line, add)
      this.isInLongLine = kind === 'part'
    }
  }

  told(scanned: number): Told {
    return { type: 'buckets', buckets: this.histogram.buckets(), scanned }
  }
}
