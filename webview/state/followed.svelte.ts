/** What the panel of followed files has beside its list: how the files stand, their recording, and places to go to. */
import type { FollowedFile, FollowInfo, RequestName, RunInfo } from '../../src/shared/protocol/contract'
import { parseDestination } from '../../src/shared/lib/moment'
import type { CallParams } from '../../src/shared/protocol/peer'
import type { Feed } from './feed.svelte'

interface FollowedPanel {
  readonly run: RunInfo | undefined
  readonly feed: Feed
  act<N extends RequestName>(name: N, params: CallParams<N>): Promise<boolean>
  showProblem(error: unknown): void
}

export class Followed {
  constructor(private readonly panel: FollowedPanel) {}

  /** Undefined for a run. */
  get info(): FollowInfo | undefined {
    return this.panel.run?.follow
  }

  get files(): readonly FollowedFile[] {
    return this.info?.files ?? []
  }

  get isRecording(): boolean {
    const recording = this.info?.recording
    return recording === 'on' || recording === 'waiting'
  }

  /** How much of the files is indexed, 0 to 1; undefined once all is. */
  get progress(): number | undefined {
    const bytes = this.files.reduce((sum, file) => sum + file.bytes, 0)
    const indexed = this.files.reduce((sum, file) => sum + file.indexed, 0)
    return indexed >= bytes || bytes === 0 ? undefined : indexed / bytes
  }

  async setRecording(on: boolean): Promise<void> {
    await this.panel.act('follow/record', { on })
  }

  /** @param files what was dropped; without it the person is asked */
  async add(files?: readonly string[]): Promise<void> {
    await this.panel.act('follow/add', files === undefined ? {} : { files: [...files] })
  }

  async showOlder(path: string): Promise<void> {
    await this.panel.act('follow/older', { path })
  }

  /**
   * Goes to what was typed: a line, a time, a span from here.
   * @returns why it can't, or undefined
   */
  async goTo(text: string): Promise<string | undefined> {
    const { feed } = this.panel
    const here = feed.rowAt(feed.selected)?.time ?? feed.frame.rows.find((row) => row !== undefined)?.time ?? Date.now()
    try {
      const [last] = await feed.fetch(feed.known - 1, feed.known)
      const place = parseDestination(text, here, last?.time ?? Date.now())
      if (place === undefined) return 'Type a line (1200), a time (14:05, 2026-11-20 03:30), or a span (+10m, -90s).'
      const found = await feed.goTo(place)
      return found
        ? undefined
        : 'line' in place
          ? 'There is no such line in this view.'
          : 'Nothing in this view is so late.'
    } catch (error) {
      this.panel.showProblem(error)
      return undefined
    }
  }
}
