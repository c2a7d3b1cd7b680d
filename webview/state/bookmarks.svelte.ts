/**
 * The rows that the person marked: set and taken away with a key, listed, gone to. The host keeps them. In a run that is recorded
 * they are markers: they have names, and the log has some of its own.
 */
import { changeBookmarks } from '../../src/shared/lib/bookmarks'
import type { Bookmark, BookmarkChange, RequestName, RunInfo } from '../../src/shared/protocol/contract'
import type { CallParams, Client } from '../../src/shared/protocol/peer'
import type { Row } from '../../src/shared/protocol/rows'
import type { TimelineInfo } from '../../src/shared/protocol/timeline'
import { plainText } from '../lib/outputText'
import type { Feed } from './feed.svelte'
import type { Notice } from './launch.svelte'

const MAX_TEXT = 200
/** Of a name that is made from a row. */
const MAX_NAME = 60

interface BookmarkPanel {
  readonly feed: Feed
  readonly run: RunInfo | undefined
  readonly live: boolean
  readonly offline: boolean
  readonly replay: { readonly isActive: boolean }
  notice: Notice | undefined
  readonly timeline: { readonly info: TimelineInfo | undefined }
  jump(at: { seq: number }): Promise<void>
  showProblem(error: unknown): void
  act<N extends RequestName>(name: N, params: CallParams<N>, isTold?: boolean): Promise<boolean>
  say(text: string): void
  /** As `say`, for everybody to see. */
  tell(text: string): void
}

/** A marker of a run, as it is listed and drawn. */
export interface Marker {
  readonly seq: number
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly label: string
  /** It was set later and is in the notes: it can be renamed and removed. Others are events of the log. */
  readonly isNote: boolean
}

export class Bookmarks {
  /** As the host keeps them, with those of other panels of the same run. */
  private kept = $state.raw<readonly Bookmark[]>([])
  /** What the host has not answered yet. */
  private pending = $state.raw<readonly BookmarkChange[]>([])
  /** Ascending by seq. */
  readonly list = $derived(this.pending.reduce(changeBookmarks, this.kept))
  private readonly bySeq = $derived(new Map(this.list.map((bookmark) => [bookmark.seq, bookmark])))
  /** Those in the log and those in the notes; ascending by seq. */
  readonly markers: readonly Marker[] = $derived.by(() => {
    if (!this.isRun) return []
    const own = this.list.map(({ seq, time = 0, name, text }) => ({ seq, time, label: name ?? text, isNote: true }))
    const logged = oneOfEach(this.panel.timeline.info?.markers ?? []).map((tick) => ({ ...tick, isNote: false }))
    return [...own, ...logged].sort((a, b) => a.seq - b.seq)
  })

  /** The seq of the marker that was just set in the list: it can be named there. */
  fresh = $state<number>()
  /** Whether that is being named. */
  isNaming = $state(false)
  /** What the key said last that it can't do. */
  private hint: Notice | undefined
  private hasWarned = false

  constructor(
    private readonly panel: BookmarkPanel,
    private readonly client: Client,
  ) {}

  /** Whether the rows are those of a run, which never change. */
  get isRun(): boolean {
    return this.panel.run !== undefined && this.panel.run.follow === undefined
  }

  /** As the host kept them. */
  take(bookmarks: readonly Bookmark[]): void {
    this.kept = oneOfEach(bookmarks).sort((a, b) => a.seq - b.seq)
  }

  /** Whether this line is marked, and not another that has come to its place. */
  has({ seq, text }: Row): boolean {
    const marked = this.bySeq.get(seq)
    return marked !== undefined && (this.isRun || isOf(marked.text, text))
  }

  toggle(row: Row): void {
    const isSet = !this.has(row)
    const text = plainText(row.text).slice(0, MAX_TEXT)
    const time = Number.isFinite(row.time) ? { time: row.time } : {}
    const name = text.trim().slice(0, MAX_NAME) || this.nextName
    const [set, gone] = this.isRun ? ['Marker set.', 'Marker taken away.'] : ['Bookmarked.', 'Bookmark taken away.']
    this.panel.say(isSet ? set : gone)
    if (this.panel.notice === this.hint) this.panel.notice = undefined
    this.isNaming = false
    this.fresh = isSet && this.isRun ? row.seq : undefined
    const bookmark = { seq: row.seq, text, ...time, ...(this.isRun ? { name } : {}) }
    this.change(isSet ? { how: 'add', bookmark } : { how: 'remove', seq: row.seq })
    if (!isSet || !this.panel.offline || this.hasWarned) return
    this.hasWarned = true
    this.panel.notice = {
      level: 'info',
      text: 'Markers set in this page are gone when it is closed or loaded again. Set them in the editor to keep them.',
    }
  }

  /** The marker that is set in the list and that its note tells of. */
  get named(): Marker | undefined {
    const { fresh } = this
    return fresh === undefined ? undefined : this.markers.find(({ seq, isNote }) => isNote && seq === fresh)
  }

  /** The key: asks for the name of the chosen row's marker. */
  nameChosen(): void {
    const { selectedSeq } = this.panel.feed
    this.fresh = selectedSeq ?? this.fresh
    this.isNaming = this.named !== undefined
    if (!this.isNaming)
      this.hintAt(
        'There is no marker here to be named: the key b sets one. A marker in the log of a run that lives keeps its name.',
      )
  }

  /** Chooses the line of a bookmark, or says that it is not there: a file may have been rotated or written anew since. */
  async goTo({ seq, text }: Bookmark): Promise<void> {
    if (await this.panel.feed.goTo({ seq }, (row) => isOf(text, row.text))) return
    this.panel.tell('The bookmarked line is not in this view: it is filtered out, or no longer in what is open here.')
  }

  /**
   * The key: marks the chosen row or takes its mark away; at the end of a run that lives, the log gets a marker itself. Where that
   * can't be (the run has just ended, another machine records it), the last row is marked, beside the log.
   */
  async set(): Promise<void> {
    const { feed, live, replay } = this.panel
    const isAtEnd = this.isRun && feed.follow && !feed.paused
    const isLive = isAtEnd && live && !replay.isActive
    if (isLive) {
      const name = this.nextName
      if (await this.panel.act('run/mark', { name }, false)) {
        this.panel.say(`${name} is set in the log.`)
        return
      }
    }
    try {
      const index = isLive || (isAtEnd && (replay.isActive || feed.selected < 0)) ? feed.known - 1 : feed.selected
      const [row] = index < 0 ? [] : await feed.fetch(index, index + 1)
      if (row !== undefined) this.toggle(row)
      else {
        const what = this.isRun ? 'an event' : 'a line'
        this.hintAt(`Choose ${what} first, by a click or the arrow keys: the key b marks it.`)
      }
    } catch (error) {
      this.panel.showProblem(error)
    }
  }

  /** @param name an empty one leaves it as it was */
  rename(seq: number, name: string): void {
    const wanted = name.trim().slice(0, MAX_TEXT)
    const bookmark = this.bySeq.get(seq)
    if (wanted === '' || bookmark === undefined || bookmark.name === wanted) return
    this.change({ how: 'rename', bookmark: { ...bookmark, name: wanted } })
  }

  private hintAt(text: string): void {
    this.hint = { level: 'info', text }
    this.panel.notice = this.hint
  }

  private get nextName(): string {
    return `Marker ${String(this.markers.length + 1)}`
  }

  remove(seq: number): void {
    this.change({ how: 'remove', seq })
  }

  /** To the next bookmark behind the chosen row, or the one before it; around at the end. */
  async step(direction: 1 | -1): Promise<void> {
    const { feed } = this.panel
    const here = feed.selectedSeq ?? (direction === 1 ? -1 : Infinity)
    const all: readonly (Bookmark | Marker)[] = this.isRun ? this.markers : this.list
    const ahead =
      direction === 1
        ? (all.find(({ seq }) => seq > here) ?? all[0])
        : (all.findLast(({ seq }) => seq < here) ?? all.at(-1))
    if (ahead === undefined)
      this.panel.say(`There is no ${this.isRun ? 'marker' : 'bookmark'} yet. The key b sets one.`)
    else if ('label' in ahead) await this.panel.jump({ seq: ahead.seq })
    else await this.goTo(ahead)
  }

  /** Shown at once, and no more where the host could not keep it. */
  private change(change: BookmarkChange): void {
    this.pending = [...this.pending, change]
    this.client
      .call('bookmarks/change', change)
      .then(({ bookmarks }) => {
        this.take(bookmarks)
      })
      .catch((error: unknown) => {
        this.panel.showProblem(error)
      })
      .finally(() => {
        this.pending = this.pending.filter((other) => other !== change)
      })
  }
}

/** The last of each seq: notes and logs that something else wrote may have one twice, and a list is drawn by seqs. */
function oneOfEach<T extends { readonly seq: number }>(marks: readonly T[]): T[] {
  return [...new Map(marks.map((mark) => [mark.seq, mark])).values()]
}

/** An unfinished line may have gone on since. */
function isOf(marked: string, text: string): boolean {
  return plainText(text).startsWith(marked)
}
