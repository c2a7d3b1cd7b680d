/**
 * Stands in for the extension host, in the page itself: the real peer server and the real checks over a computed run.
 * The page's address says what run it is; tests drive it through `window.fakeHost`.
 */
import { z } from 'zod'
import {
  requestSchemas,
  type Bookmark,
  type FollowInfo,
  type GrowthInfo,
  type RunInfo,
  type SavedFilter,
  type TimeMode,
  type ToHost,
  type ToWebview,
} from '../../src/shared/protocol/contract'
import { changeBookmarks } from '../../src/shared/lib/bookmarks'
import { createServer, type Server } from '../../src/shared/protocol/peer'
import type { CaptureSummary, LaunchSummary, RunSummary } from '../../src/shared/protocol/summary'
import type { EntryLines, Query, Row, TextQuery } from '../../src/shared/protocol/rows'
import { fakeComparison, type Pair } from './fakeCompare'
import { followedLine, followRun, LINE_BYTES, SEQ_BASE } from './fakeFollow'
import { fakeTrajectories, freshCapture, freshLaunch, launchInfo, line } from './fakeLaunch'
import { countsOf, eventAt, matches, rowAt, seqAt, setPause, START, type FakeEvent } from './fakeRun'
import { fakeLevels, fakeRequests, fakeState, fakeTimelineInfo } from './fakeTimeline'

// zod would try `new Function`, which the page's policy forbids and reports.
z.config({ jitless: true })

// The little of the DOM that is used here: the tests are type-checked without it.
declare const location: { readonly search: string }
declare const window: { postMessage(message: unknown, target: string): void }

const STATE_KEY = 'fake-vscode-state'
const address = new URLSearchParams(location.search)

interface FakeView {
  readonly query: Query
  readonly plain: boolean
  positions: number[]
  scanned: number
}

export class FakeHost {
  /** Every request that came, in order. */
  readonly calls: { name: string; params: unknown }[] = []
  readonly defects: string[] = []
  run: RunInfo
  summary: RunSummary
  /** Requests by name that are to fail, with what they say. */
  readonly failing = new Map<string, string>()
  /** Requests by name that get no answer until they are taken from here. */
  readonly held = new Map<string, Promise<unknown>>()

  private readonly overrides = new Map<number, FakeEvent>()
  private readonly files = address.get('kind') === 'follow' ? Number(address.get('files') ?? '1') : 0
  /** The events by their number; of followed files the first line that was there at the start has the number 0. */
  private readonly events = {
    get: (i: number): FakeEvent | undefined =>
      this.overrides.get(i) ?? (this.files > 0 ? followedLine(i, this.files) : undefined),
  }
  /** Lines that were put above since. */
  private above = 0
  bookmarks: readonly Bookmark[] = []
  private savedFilters: readonly SavedFilter[] = []
  private readonly views = new Map<number, FakeView>()
  private readonly answers = new Map<string, string>()
  private nextView = 1
  private tail: { view: number; rows: number } | undefined
  private readonly server: Server

  constructor(
    private size: number,
    state: RunInfo['state'],
  ) {
    this.run = {
      capture_id: '2026-11-20T03-30-05Z-abc123',
      kind: 'capture',
      title: address.get('title') ?? 'What is the tallest wooden tower in Europe?',
      state,
      started_at: new Date(START).toISOString(),
      elapsed_ms: 65_000,
      ...(state === 'running' ? {} : { duration_ms: 83_000, finished_at: new Date(START + 83_000).toISOString() }),
      path: '/work/.tapedeck/runs/2026-11-20T03-30-05Z-abc123.json',
      prompt: 'What is the tallest wooden tower in Europe? Name your sources.',
      url: 'https://chat.example/',
      ...(address.get('kind') === 'launch' ? launchInfo(state) : {}),
      ...(this.files > 0 ? followRun(state, this.files) : {}),
    }
    this.summary = this.run.kind === 'launch' ? freshLaunch : freshCapture
    const hold = address.get('hold')
    if (hold !== null) {
      const gate = Promise.withResolvers<undefined>()
      this.held.set(hold, gate.promise)
      Object.assign(globalThis, {
        openGate: () => {
          this.held.delete(hold)
          gate.resolve(undefined)
        },
      })
    }
    const listeners = new Set<(message: unknown) => void>()
    Object.assign(globalThis, {
      acquireVsCodeApi: () => ({
        postMessage: (message: ToHost) => {
          const copy: unknown = JSON.parse(JSON.stringify(message))
          setTimeout(() => {
            for (const listener of listeners) listener(copy)
          })
        },
        getState: () => JSON.parse(sessionStorage.getItem(STATE_KEY) ?? 'null') as unknown,
        setState: (state: unknown) => {
          sessionStorage.setItem(STATE_KEY, JSON.stringify(state))
        },
      }),
    })
    this.server = createServer(
      {
        post: (message: ToWebview) => {
          window.postMessage(JSON.parse(JSON.stringify(message)), '*')
        },
        onMessage: (listener) => {
          listeners.add(listener)
          return () => listeners.delete(listener)
        },
      },
      {
        validate: (name, params) => requestSchemas[name].safeParse(params),
        onDefect: (error, request) => this.defects.push(`${request}: ${String(error)}`),
        handlers: {
          hello: async () => {
            await this.note('hello', {})
            this.views.clear()
            this.tail = undefined
            this.server.notify('summary', this.summary)
            for (const [message_id, text] of this.answers) this.server.notify('answer', { message_id, from: 0, text })
            const times = address.get('times') as TimeMode | null
            return {
              run: this.run,
              growth: this.growth(),
              restored: false,
              bookmarks: this.bookmarks,
              habits: times ? { timeMode: times } : {},
            }
          },
          'view/open': async (params) => {
            await this.note('view/open', params)
            const plain = Object.keys(params.query).length === 0
            const view: FakeView = { query: params.query, plain, positions: [], scanned: 0 }
            this.scan(view)
            const id = this.nextView++
            this.views.set(id, view)
            return { view: id, count: this.countOf(view), complete: true }
          },
          'view/close': async (params) => {
            await this.note('view/close', params)
            this.views.delete(params.view)
            return {}
          },
          'rows/get': async (params) => {
            await this.note('rows/get', params)
            const view = this.view(params.view)
            return { rows: this.rows(view, params.from, params.to), count: this.countOf(view) }
          },
          'position/find': async (params) => {
            await this.note('position/find', params)
            const view = this.view(params.view)
            const wanted = this.positionOf(params.at)
            if (view.plain) return { position: Math.min(wanted, this.size) }
            const at = view.positions.findIndex((position) => position >= wanted)
            return { position: at < 0 ? view.positions.length : at }
          },
          'tail/set': async (params) => {
            await this.note('tail/set', params)
            this.tail = params.rows === 0 ? undefined : params
            this.sendTail()
            return {}
          },
          'detail/get': async (params) => {
            await this.note('detail/get', params)
            const { position } = params
            const event = eventAt(position - this.above, this.events)
            const { raw = this.files > 0 ? { line: position + 1, offset: position * LINE_BYTES } : undefined } = event
            const row = this.rowAt(position)
            const entry = this.entryOf(position)
            return {
              position,
              bytes: 321,
              seq: row.seq,
              timestamp: new Date(row.time).toISOString(),
              phase: event.phase,
              fields: JSON.stringify(event.data, undefined, 2),
              ...(entry === undefined ? {} : { entry }),
              ...(raw === undefined ? {} : { raw: JSON.stringify(raw, undefined, 2) }),
            }
          },
          'follow/record': (params) => this.note('follow/record', params),
          'follow/add': (params) => this.note('follow/add', params),
          'follow/older': (params) => this.note('follow/older', params),
          'bookmarks/change': async (params) => {
            this.bookmarks = changeBookmarks(this.bookmarks, params)
            await this.note('bookmarks/change', params)
            return { bookmarks: this.bookmarks }
          },
          'filters/list': async (params) => {
            await this.note('filters/list', params)
            return { filters: this.savedFilters }
          },
          'filters/save': async (params) => {
            await this.note('filters/save', params)
            this.savedFilters = [...this.savedFilters.filter(({ name }) => name !== params.name), params]
            return { filters: this.savedFilters }
          },
          'filters/delete': async (params) => {
            await this.note('filters/delete', params)
            this.savedFilters = this.savedFilters.filter(({ name }) => name !== params.name)
            return { filters: this.savedFilters }
          },
          'levels/get': async (params) => {
            await this.note('levels/get', params)
            return fakeLevels(this.size, this.events, params.from, params.to, params.buckets)
          },
          'timeline/get': async (params) => {
            await this.note('timeline/get', params)
            return this.timelineInfo()
          },
          'timeline/requests': async (params) => {
            await this.note('timeline/requests', params)
            return { requests: fakeRequests(this.size, params.from, params.to), left_out: 0 }
          },
          'replay/state': async (params) => {
            await this.note('replay/state', params)
            return fakeState(params.position, this.summary, this.events)
          },
          'run/mark': async (params) => {
            await this.note('run/mark', params)
            this.append([{ phase: 'marker', text: params.name, data: { name: params.name } }])
            this.tellTimeline()
            return {}
          },
          'run/stop': (params) => this.note('run/stop', params),
          'run/export': (params) => this.note('run/export', params),
          'run/delete': (params) => this.note('run/delete', params),
          'run/openLog': (params) => this.note('run/openLog', params),
          'panel/remember': (params) => this.note('panel/remember', params),
          'search/prepare': (params) => this.note('search/prepare', params),
          'output/show': (params) => this.note('output/show', params),
          'clipboard/write': (params) => this.note('clipboard/write', params),
          'link/open': (params) => this.note('link/open', params),
          'run/input': (params) => this.note('run/input', params),
          'run/again': (params) => this.note('run/again', params),
          'run/openFolder': (params) => this.note('run/openFolder', params),
          'run/compare': (params) => this.note('run/compare', params),
          'run/manage': (params) => this.note('run/manage', params),
          'run/saveText': (params) => this.note('run/saveText', params),
          'file/open': (params) => this.note('file/open', params),
          'compare/get': async (params, signal) => {
            await Promise.race([
              this.note('compare/get', params),
              new Promise((resolve) => {
                signal.addEventListener('abort', resolve)
              }),
            ])
            signal.throwIfAborted()
            return fakeComparison((address.get('pair') ?? 'capture') as Pair, params.swapped)
          },
          'compare/open': (params) => this.note('compare/open', params),
          'trajectories/list': async (params) => {
            await this.note('trajectories/list', params)
            const trajectories = fakeTrajectories.map(
              ({ turns: _turns, rewards: _rewards, metadata: _metadata, raw: _raw, ...entry }) => entry,
            )
            return { trajectories, total: trajectories.length }
          },
          'trajectories/get': async (params) => {
            await this.note('trajectories/get', params)
            const found = fakeTrajectories.find((one) => one.line === params.line)
            if (found === undefined) throw new Error('no such line')
            return found
          },
        },
      },
    )
  }

  /** Lets the run grow by computed events, or by the given ones. */
  append(events: number | readonly FakeEvent[]): void {
    if (typeof events === 'number') this.size += events
    else for (const event of events) this.overrides.set(this.size++ - this.above, event)
    for (const view of this.views.values()) this.scan(view)
    this.sendTail()
    this.server.notify('grew', this.growth())
    for (const [id, view] of this.views)
      this.server.notify('view/changed', { view: id, count: this.countOf(view), complete: true })
  }

  /** As a host does whose search could not go on. */
  failSearch(problem: string): void {
    for (const [id, view] of this.views)
      this.server.notify('view/changed', { view: id, count: this.countOf(view), complete: true, problem })
  }

  /** As the host does at most once a second. */
  /** Another panel of the same run marked a row. */
  markElsewhere(bookmark: Bookmark, isTold: boolean): void {
    this.bookmarks = changeBookmarks(this.bookmarks, { how: 'add', bookmark })
    if (isTold) this.server.notify('bookmarks', { bookmarks: this.bookmarks })
  }

  tellTimeline(): void {
    this.server.notify('timeline', this.timelineInfo())
  }

  startReplay(): void {
    this.server.notify('replay', {})
  }

  setRun(change: Partial<RunInfo>): void {
    this.run = { ...this.run, ...change }
    this.server.notify('run', this.run)
  }

  setFollow(change: Partial<FollowInfo>): void {
    if (this.run.follow !== undefined) this.setRun({ follow: { ...this.run.follow, ...change } })
  }

  /** The last line is written on: it stays one line. */
  complete(event: FakeEvent): void {
    this.size--
    this.append([event])
  }

  /** Puts older lines above: each line has another position now, and its seq still. */
  putAbove(lines: number): void {
    this.above += lines
    this.size += lines
    this.views.clear()
    this.server.notify('reset', {})
  }

  setSummary(change: Partial<CaptureSummary>): void {
    const known = this.summary.kind === 'capture' ? this.summary : {}
    this.summary = { ...freshCapture, ...known, ...change, kind: 'capture' }
    this.server.notify('summary', this.summary)
  }

  setLaunch(change: Partial<LaunchSummary>): void {
    const known = this.summary.kind === 'launch' ? this.summary : {}
    this.summary = { ...freshLaunch, ...known, ...change, kind: 'launch' }
    this.server.notify('summary', this.summary)
  }

  /** The summary of a run of whatever kind. */
  tellSummary(summary: RunSummary): void {
    this.summary = summary
    this.server.notify('summary', summary)
  }

  /** How much of a comparison is done. */
  tellProgress(done: number): void {
    this.server.notify('compare/progress', { done })
  }

  /** Lines that the command prints, by stdout. */
  print(...texts: readonly string[]): void {
    this.append(texts.map((text) => line(text)))
  }

  /** Lets an answer grow: `text` stands at `from`, by default at the end. */
  answer(text: string, from?: number, message_id = 'm1'): void {
    const before = this.answers.get(message_id) ?? ''
    const at = from ?? before.length
    this.answers.set(message_id, before.slice(0, at) + text)
    this.server.notify('answer', { message_id, from: at, text })
  }

  /** Sends a piece that leaves a gap, as after a lost message. */
  loseAnswer(text: string): void {
    const before = this.answers.get('m1') ?? ''
    this.answers.set('m1', before + text + text)
    this.server.notify('answer', { message_id: 'm1', from: before.length + text.length, text })
  }

  notice(level: 'info' | 'warning' | 'error', text: string): void {
    this.server.notify('notice', { level, text })
  }

  goTo(seq: number, found?: TextQuery): void {
    this.server.notify('goTo', { seq, ...(found === undefined ? {} : { found }) })
  }

  named(name: string): unknown[] {
    return this.calls.filter((call) => call.name === name).map((call) => call.params)
  }

  openViews(): number {
    return this.views.size
  }

  private async note(name: string, params: unknown): Promise<Record<string, never>> {
    this.calls.push({ name, params })
    await this.held.get(name)
    const failure = this.failing.get(name)
    if (failure === undefined) return {}
    const error = new Error(failure)
    error.name = 'UserError'
    throw Object.assign(error, { code: 'told_to_fail' })
  }

  private timelineInfo() {
    const info = fakeTimelineInfo(this.size, this.events, this.run.state === 'running')
    // A command has no turns.
    return this.run.kind === 'launch' ? { ...info, turns: [] } : info
  }

  private growth(): GrowthInfo {
    return { size: this.size, ...countsOf(this.size, this.events) }
  }

  private view(id: number): FakeView {
    const view = this.views.get(id)
    if (view !== undefined) return view
    const error = new Error('This view is closed.')
    error.name = 'UserError'
    throw Object.assign(error, { code: 'no_view' })
  }

  private scan(view: FakeView): void {
    if (view.plain) return
    for (; view.scanned < this.size; view.scanned++)
      if (matches(view.scanned - this.above, view.query, this.events)) view.positions.push(view.scanned)
  }

  private countOf(view: FakeView): number {
    return view.plain ? this.size : view.positions.length
  }

  private rows(view: FakeView, from: number, to: number) {
    const end = Math.min(to, this.countOf(view))
    const rows = []
    for (let i = Math.min(from, end); i < end; i++) rows.push(this.rowAt(view.plain ? i : (view.positions[i] ?? 0)))
    return rows
  }

  private rowAt(position: number): Row {
    const row = rowAt(position - this.above, this.events)
    return this.files > 0 ? { ...row, position, seq: SEQ_BASE + row.seq * LINE_BYTES } : row
  }

  /** As a text file tells it. */
  private entryOf(position: number): EntryLines | undefined {
    const isContinued = (at: number) => this.rowAt(at).continued === true
    let [from, to] = [position, position + 1]
    while (from > 0 && isContinued(from)) from--
    while (to < this.size && isContinued(to)) to++
    if (this.files === 0 || to - from === 1) return undefined
    const lines = Array.from({ length: to - from }, (_, i) => this.rowAt(from + i).text)
    return { lines, at: position - from, ...(lines.length > 100 ? { moreBelow: true } : {}) }
  }

  /** The computed events ascend by time as well; a line from 1 is a row from 0. */
  private positionOf(at: { seq: number } | { time: number } | { line: number }): number {
    if ('line' in at) return at.line - 1
    const i = 'time' in at ? seqAt(at.time) : this.files > 0 ? Math.ceil((at.seq - SEQ_BASE) / LINE_BYTES) : at.seq
    return Math.max(0, i + this.above)
  }

  private sendTail(): void {
    if (this.tail === undefined) return
    const view = this.view(this.tail.view)
    const count = this.countOf(view)
    const from = Math.max(0, count - this.tail.rows)
    this.server.notify('tail', { view: this.tail.view, count, from, rows: this.rows(view, from, count) })
  }
}

declare global {
  var fakeHost: FakeHost
}

setPause(Number(address.get('pauseAt') ?? 'Infinity'), Number(address.get('pauseMs') ?? '0'))
globalThis.fakeHost = new FakeHost(
  Number(address.get('events') ?? '0'),
  (address.get('state') ?? 'running') as RunInfo['state'],
)
