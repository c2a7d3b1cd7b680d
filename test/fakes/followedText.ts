/** A followed file as its lines, in the order in which a reader would show them. */
import { FileFollower, type FollowOptions } from '../../src/node/follow/fileFollower'
import type { FolderNews } from '../../src/node/follow/folderNews'
import type { FollowedFileEvent } from '../../src/node/follow/followSink'
import { LineDecoder } from '../../src/core/lines/lineDecoder'

export class FollowedText {
  /** As they came. */
  readonly lines: string[] = []
  private readonly byGeneration: string[][] = []
  readonly raws: Buffer[] = []
  readonly files: FollowedFileEvent[] = []
  readonly notices: string[] = []
  readonly follower: FileFollower
  private readonly decoders = new Map<number, LineDecoder>()
  private readonly waiting = new Set<() => void>()

  constructor(file: string, from: FollowOptions['from'] = 'start', news?: FolderNews) {
    this.follower = new FileFollower(
      file,
      { from, ...(news === undefined ? {} : { news }) },
      {
        bytes: (chunk, { generation, offset }) => {
          let decoder = this.decoders.get(generation)
          if (decoder === undefined) {
            const encoding = this.files.at(-1)?.encoding
            decoder = new LineDecoder(encoding === undefined ? {} : { encoding }, offset === 0, ({ text, raw }) => {
              this.lines.push(text)
              ;(this.byGeneration[generation] ??= []).push(text)
              if (raw !== undefined) this.raws.push(Buffer.from(raw))
            })
            this.decoders.set(generation, decoder)
          }
          decoder.feed(chunk)
          this.check()
          return undefined
        },
        file: (event) => {
          this.files.push(event)
          if (event.goesOn === true) this.decoders.get(event.keptOf ?? -1)?.drop()
          this.check()
        },
        ended: (generation) => {
          this.decoders.get(generation)?.end()
          this.decoders.delete(generation)
          this.check()
        },
        notice: (message) => {
          this.notices.push(message)
          this.check()
        },
      },
    )
  }

  get states(): string[] {
    return this.files.map(({ state }) => state)
  }

  /** One generation after the other: a rotated file may still be written to when the next one has lines. */
  get inOrder(): string[] {
    return this.byGeneration.flat()
  }

  /** Bytes of the unfinished line of the newest generation. */
  get pendingBytes(): number {
    return this.decoders.get(this.newest)?.pendingBytes ?? 0
  }

  /** The line that is not finished. */
  get partial(): string {
    return [...this.decoders.values()].map((decoder) => decoder.pendingText(4000)).join('')
  }

  /** Resolves as soon as it is true. */
  async until(isTrue: () => boolean): Promise<void> {
    if (isTrue()) return
    await new Promise<void>((resolve) => {
      const check = (): void => {
        if (!isTrue()) return
        this.waiting.delete(check)
        resolve()
      }
      this.waiting.add(check)
    })
  }

  async close(): Promise<void> {
    await this.follower.close()
    // Only the newest content may go on.
    for (const [generation, decoder] of this.decoders) if (generation !== this.newest) decoder.end()
  }

  private get newest(): number {
    return this.files.at(-1)?.generation ?? 0
  }

  private check(): void {
    for (const check of [...this.waiting]) check()
  }
}
