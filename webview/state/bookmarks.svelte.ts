/** The rows that the person marked: set and taken away with a key, listed, gone to. The host keeps them. */
import type { Bookmark, RequestName } from '../../src/shared/protocol/contract'
import type { CallParams } from '../../src/shared/protocol/peer'
import type { Row } from '../../src/shared/protocol/rows'
import { plainText } from '../lib/outputText'
import type { Feed } from './feed.svelte'

const MAX_TEXT = 200

interface BookmarkPanel {
  readonly feed: Feed
  act<N extends RequestName>(name: N, params: CallParams<N>): Promise<boolean>
  say(text: string): void
  /** As `say`, for everybody to see. */
  tell(text: string): void
}

export class Bookmarks {
  /** Ascending by seq. */
  list = $state.raw<readonly Bookmark[]>([])
  private readonly texts = $derived(new Map(this.list.map(({ seq, text }) => [seq, text])))

  constructor(private readonly panel: BookmarkPanel) {}

  /** As the host kept them. */
  take(bookmarks: readonly Bookmark[]): void {
    this.list = bookmarks.toSorted((a, b) => a.seq - b.seq)
  }

  /** Whether this line is marked, and not another that has come to its place. */
  has({ seq, text }: Row): boolean {
    const marked = this.texts.get(seq)
    return marked !== undefined && isOf(marked, text)
  }

  toggle(row: Row): void {
    const isSet = !this.has(row)
    const without = this.list.filter(({ seq }) => seq !== row.seq)
    const text = plainText(row.text).slice(0, MAX_TEXT)
    const bookmark = { seq: row.seq, text, ...(Number.isFinite(row.time) ? { time: row.time } : {}) }
    this.take(isSet ? [...without, bookmark] : without)
    this.panel.say(isSet ? 'Bookmarked.' : 'Bookmark taken away.')
    this.keep()
  }

  /** Chooses the line of a bookmark, or says that it is not there: a file may have been rotated or written anew since. */
  async goTo({ seq, text }: Bookmark): Promise<void> {
    if (await this.panel.feed.goTo({ seq }, (row) => isOf(text, row.text))) return
    this.panel.tell('The bookmarked line is not in this view: it is filtered out, or no longer in what is open here.')
  }

  remove(seq: number): void {
    this.list = this.list.filter((bookmark) => bookmark.seq !== seq)
    this.keep()
  }

  /** To the next bookmark behind the chosen row, or the one before it; around at the end. */
  async step(direction: 1 | -1): Promise<void> {
    const { feed } = this.panel
    const here = feed.selectedSeq ?? (direction === 1 ? -1 : Infinity)
    const ahead =
      direction === 1
        ? (this.list.find(({ seq }) => seq > here) ?? this.list[0])
        : (this.list.findLast(({ seq }) => seq < here) ?? this.list.at(-1))
    if (ahead === undefined) this.panel.say('There is no bookmark yet. The key b sets one.')
    else await this.goTo(ahead)
  }

  private keep(): void {
    void this.panel.act('bookmarks/set', { bookmarks: [...this.list] })
  }
}

/** An unfinished line may have gone on since. */
function isOf(marked: string, text: string): boolean {
  return plainText(text).startsWith(marked)
}
