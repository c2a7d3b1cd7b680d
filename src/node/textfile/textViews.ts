/** Views of a text file: all rows, or those that a search found. */
import { LineSet } from '../../core/query/lineSet'
import { isInTime, textParts } from '../../core/query/textMatcher'
import type { View } from '../../core/store/eventStore'
import { Emitter } from '../../shared/lib/emitter'
import type { Query, Row } from '../../shared/protocol/rows'
import type { UserError } from '../../shared/userError'
import { PartScans } from './partScans'
import type { OpenText } from './textReader'
import type { Place, TextState } from './textProtocol'
import type { TextScanner } from './textScanner'

export interface TextView extends View {
  /** As a View's, or by the number of a line of the newest content, from 1. */
  positionOf(at: Place): Promise<number>
}

abstract class BaseView implements TextView {
  protected readonly changed = new Emitter<undefined>()
  readonly onDidChange = this.changed.event
  problem: UserError | undefined
  private readonly disposers: (() => void)[] = []
  abstract readonly count: number
  abstract readonly complete: boolean

  constructor(
    protected readonly file: OpenText,
    protected state: TextState,
  ) {}

  onDispose(action: () => void): void {
    this.disposers.push(action)
  }

  async rows(from: number, to: number): Promise<readonly Row[]> {
    const [first, last] = [Math.max(0, from), Math.min(this.count, to)]
    return last <= first ? [] : this.read(first, last)
  }

  update(state: TextState): void {
    this.state = state
    this.changed.fire(undefined)
  }

  /** Resolves when nothing is read any more that was to be read before the last reset. */
  settled(): Promise<void> {
    return Promise.resolve()
  }

  dispose(): void {
    for (const action of this.disposers.splice(0)) action()
  }

  abstract positionOf(at: Place): Promise<number>
  protected abstract read(from: number, to: number): Promise<readonly Row[]>
}

/** Every row: index and position are the same. */
class AllTextView extends BaseView {
  get count(): number {
    return this.state.count
  }

  get complete(): boolean {
    return this.state.isComplete
  }

  positionOf(at: Place): Promise<number> {
    return this.file.ask('positionOf', { at, isExact: false })
  }

  protected read(from: number, to: number): Promise<readonly Row[]> {
    return this.file.ask('rows', { from, to, renumbers: this.state.renumbers })
  }
}

/** What a search finds: positions come in batches from the scanning thread, and go on as the file grows. */
class FoundTextView extends BaseView {
  private readonly found = new LineSet()
  /** The position of a last line without an end, if it matches as far as it is written. */
  private unfinished: number | undefined
  private readonly scans: PartScans

  constructor(
    file: OpenText,
    state: TextState,
    scanner: TextScanner,
    private readonly query: Query,
  ) {
    super(file, state)
    const wantsMarks = wantsMark(query)
    this.scans = new PartScans(scanner, { kind: 'search', query }, state, {
      onPart: (part) => {
        if (this.unfinished !== undefined) this.found.add(this.unfinished)
        this.unfinished = undefined
        if (part.kind === 'mark' && wantsMarks && isInTime(this.query, part.time)) this.found.add(part.first)
      },
      onResult: (part, result) => {
        if (result.type !== 'found') return
        for (const line of result.lines) this.found.add(part.first + line)
        this.unfinished = result.unfinished === undefined ? undefined : part.first + result.unfinished
      },
      onProgress: () => {
        this.changed.fire(undefined)
      },
      onRestart: () => {
        this.found.clear()
        this.unfinished = undefined
        this.problem = undefined
      },
      onFailure: (error) => {
        this.problem = error
        this.changed.fire(undefined)
      },
    })
  }

  get count(): number {
    return this.found.count + (this.unfinished === undefined ? 0 : 1)
  }

  get complete(): boolean {
    return this.scans.isComplete
  }

  override update(state: TextState): void {
    this.scans.update(state)
    super.update(state)
  }

  override settled(): Promise<void> {
    return this.scans.settled()
  }

  async positionOf(at: Place): Promise<number> {
    const position = await this.file.ask('positionOf', { at, isExact: true })
    const before = this.found.countBefore(position)
    return this.unfinished !== undefined && before === this.found.count && this.unfinished < position
      ? before + 1
      : before
  }

  override dispose(): void {
    void this.scans.dispose()
    super.dispose()
  }

  protected read(from: number, to: number): Promise<readonly Row[]> {
    const positions = Float64Array.from({ length: to - from }, (_, i) => {
      const position = this.found.at(from + i)
      return Number.isNaN(position) ? (this.unfinished ?? 0) : position
    })
    return this.file.ask('rowsAt', { positions })
  }
}

/** No row: what is asked for is not in this file. */
class NoTextView extends BaseView {
  readonly count = 0
  readonly complete = true

  positionOf(): Promise<number> {
    return Promise.resolve(0)
  }

  protected read(): Promise<readonly Row[]> {
    return Promise.resolve([])
  }
}

export type StoreView = BaseView

/** @param scanner called when a search wants it */
export function createTextView(
  file: OpenText,
  path: string,
  state: TextState,
  query: Query,
  scanner: () => TextScanner,
): StoreView {
  const { phases, withoutPhases, sources } = query
  const hasPhase = (phase: string): boolean =>
    phases?.includes(phase) !== false && withoutPhases?.includes(phase) !== true
  if (sources?.includes(path) === false || !hasPhase('log_line')) return new NoTextView(file, state)
  const { wanted, unwanted } = textParts(query)
  const isAll =
    wanted.length + unwanted.length === 0 &&
    query.levels === undefined &&
    query.withoutLevels === undefined &&
    query.time === undefined
  if (isAll && hasPhase('file')) return new AllTextView(file, state)
  return new FoundTextView(file, state, scanner(), query)
}

/** Whether rows that tell of rotations are wanted, if their time is. */
function wantsMark({ phases, withoutPhases, levels, text, include }: Query): boolean {
  if (levels !== undefined || text !== undefined || (include?.length ?? 0) > 0) return false
  return phases?.includes('file') !== false && withoutPhases?.includes('file') !== true
}
