/** Several followed text files as one store: their lines in the order of their own times (mergedView.ts). */
import { isFrom } from '../../core/query/textMatcher'
import type { EventDetail, Growth, View } from '../../core/store/eventStore'
import { Emitter } from '../../shared/lib/emitter'
import type { Query } from '../../shared/protocol/rows'
import { UserError } from '../../shared/userError'
import type { FollowedText } from './followedText'
import { MAX_MERGED, MergedView } from './mergedView'
import type { TextFileStore } from './textFileStore'
import type { TextState } from './textProtocol'

/** Lines this much older than the last one stand before rows that panels have long drawn: those are drawn anew. */
const LATE_MS = 2000

interface Part {
  readonly store: TextFileStore
  readonly stops: readonly (() => void)[]
  rows: number
  levels: { dispose(): void } | undefined
  isCounted: boolean
}

export class MergedStore implements FollowedText {
  private readonly grew = new Emitter<Growth>()
  private readonly reset = new Emitter<undefined>()
  private readonly stateChanged = new Emitter<TextState>()
  private readonly noticed = new Emitter<string>()
  private readonly parts: Part[] = []
  private levelListener: ((isComplete: boolean) => void) | undefined
  private lastTime = Number.NEGATIVE_INFINITY
  readonly onDidGrow = this.grew.event
  readonly onDidReset = this.reset.event
  readonly onDidChangeState = this.stateChanged.event
  readonly onDidNotice = this.noticed.event

  /** @param stores end with this one @throws UserError when there are too many; they are the caller's then */
  constructor(stores: readonly TextFileStore[]) {
    // Before any is taken.
    const more = stores[MAX_MERGED]
    if (more !== undefined) throw tooMany(more)
    for (const store of stores) this.take(store)
  }

  get files(): readonly { readonly path: string; readonly state: TextState }[] {
    return this.parts.map(({ store }) => ({ path: store.path, state: store.state }))
  }

  get growth(): Growth {
    const all = this.parts.map(({ store }) => store.growth)
    const times = all.flatMap(({ lastTime }) => lastTime ?? [])
    return {
      size: all.reduce((total, { size }) => total + size, 0),
      bytes: all.reduce((total, { bytes }) => total + bytes, 0),
      phaseCounts: added(all.map(({ phaseCounts }) => phaseCounts)),
      levelCounts: added(all.map(({ levelCounts }) => levelCounts)),
      ...(times.length === 0 ? {} : { lastTime: Math.max(...times) }),
    }
  }

  /** Another file joins. @throws UserError when there are too many */
  add(store: TextFileStore): void {
    if (this.parts.length >= MAX_MERGED) throw tooMany(store)
    this.take(store)
    this.reset.fire(undefined)
    this.grew.fire(this.growth)
    this.stateChanged.fire(store.state)
  }

  async view(query: Query, signal?: AbortSignal): Promise<View> {
    const { sources: _, withoutSources: __, ...rest } = query
    const paths = new Set(this.parts.map(({ store }) => store.path))
    const wanted = this.parts.flatMap(({ store }, source) =>
      isFrom(meantFor(query, store.path, paths), [store.path]) ? [{ store, source }] : [],
    )
    const views = await Promise.all(
      wanted.map(async ({ store, source }) => ({ view: await store.view(rest, signal), source })),
    )
    const view = new MergedView(views)
    signal?.addEventListener('abort', () => {
      view.dispose()
    })
    return view
  }

  async detail(position: number): Promise<EventDetail> {
    const store = this.parts[position % MAX_MERGED]?.store
    if (store === undefined) throw new RangeError(`There is no line at ${String(position)}`)
    return { ...(await store.detail(Math.floor(position / MAX_MERGED))), position }
  }

  countLevels(listener: (isComplete: boolean) => void): { dispose(): void } {
    this.levelListener = listener
    for (const part of this.parts) part.levels ??= this.countIn(part)
    if (this.parts.length === 0) listener(true)
    return {
      dispose: () => {
        this.levelListener = undefined
        for (const part of this.parts) {
          part.levels?.dispose()
          part.levels = undefined
        }
      },
    }
  }

  dispose(): void {
    void this.close().catch(() => undefined)
  }

  /** As `dispose`; resolves when every descriptor and watcher is released. */
  async close(): Promise<void> {
    const parts = this.parts.splice(0)
    for (const { stops } of parts) for (const stop of stops) stop()
    await Promise.all(parts.map(({ store }) => store.close()))
  }

  private take(store: TextFileStore): void {
    const part: Part = {
      store,
      rows: store.growth.size,
      levels: undefined,
      isCounted: false,
      stops: [
        store.onDidGrow(() => {
          this.grew.fire(this.growth)
          void this.lookForLate(part)
        }),
        store.onDidReset(() => {
          part.rows = store.growth.size
          this.reset.fire(undefined)
        }),
        store.onDidChangeState((state) => {
          this.stateChanged.fire(state)
        }),
        store.onDidNotice((notice) => {
          this.noticed.fire(notice)
        }),
      ],
    }
    this.parts.push(part)
    if (this.levelListener !== undefined) part.levels = this.countIn(part)
  }

  private countIn(part: Part): { dispose(): void } {
    return part.store.countLevels((isComplete) => {
      part.isCounted = isComplete
      this.levelListener?.(this.parts.every(({ isCounted }) => isCounted))
    })
  }

  /** Lines that come late belong above others: what is drawn there is void. */
  private async lookForLate(part: Part): Promise<void> {
    const { store, rows: from } = part
    if (!store.state.isComplete) return
    part.rows = store.growth.size
    if (part.rows <= from) return
    try {
      const view = await store.view({})
      const [rows, ends] = await Promise.all([view.rows(from, from + 1), view.rows(view.count - 1, view.count)])
      view.dispose()
      const [first, last] = [rows[0]?.time, ends[0]?.time]
      const isLate = first !== undefined && first < this.lastTime - LATE_MS
      if (last !== undefined && last > this.lastTime) this.lastTime = last
      if (isLate) this.reset.fire(undefined)
    } catch (error) {
      // The file was closed meanwhile, or the thread ended, which the store has told.
      if (!(error instanceof UserError)) throw error
    }
  }
}

/** The path of one of the files means that file alone, even where it is part of another's path. */
function meantFor({ sources, withoutSources }: Query, path: string, paths: ReadonlySet<string>): Query {
  const isMeant = (part: string): boolean => part === path || !paths.has(part)
  return {
    ...(sources === undefined ? {} : { sources: sources.filter(isMeant) }),
    ...(withoutSources === undefined ? {} : { withoutSources: withoutSources.filter(isMeant) }),
  }
}

function tooMany({ path }: TextFileStore): UserError {
  return new UserError(
    `At most ${String(MAX_MERGED)} files are shown as one; ${path} is one more.`,
    'too_many_files',
    'bad_input',
  )
}

function added(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const one of counts) for (const [key, count] of Object.entries(one)) total[key] = (total[key] ?? 0) + count
  return total
}
