/** The lines of a followed file, of each of its generations. */
import { LineDecoder, type DecodedLine, type TextEncoding } from '../../core/lines/lineDecoder'
import type { FollowedFileEvent, FollowSink } from './followSink'

export interface LineHandlers extends Pick<FollowSink, 'ended' | 'state' | 'notice' | 'busy'> {
  /** A promise, as of a log that is behind, has nothing more read until it resolves. */
  line(line: DecodedLine, generation: number): Promise<unknown> | undefined
  file(event: FollowedFileEvent): void
  /** Bytes have come and were taken apart. */
  took?(generation: number): void
}

/** As much is shown of a line that is not finished. */
const MAX_UNFINISHED_BYTES = 16 * 1024

export class FollowedLines implements FollowSink {
  private readonly decoders = new Map<number, LineDecoder>()
  private readonly encodings = new Map<number, TextEncoding>()
  private wait: Promise<unknown> | undefined

  constructor(
    private readonly handlers: LineHandlers,
    private readonly encoding?: TextEncoding,
  ) {}

  bytes(
    chunk: Uint8Array,
    { generation, offset }: { readonly generation: number; readonly offset: number },
  ): Promise<unknown> | undefined {
    this.wait = undefined
    this.decoderOf(generation, offset).feed(chunk)
    this.handlers.took?.(generation)
    return this.wait
  }

  file(event: FollowedFileEvent): void {
    const { generation, encoding, goesOn, keptOf } = event
    if (encoding !== undefined) this.encodings.set(generation, encoding)
    // It comes again, as the new content's.
    if (goesOn === true && keptOf !== undefined) this.decoders.get(keptOf)?.drop()
    this.handlers.file(event)
  }

  ended(generation: number): void {
    this.decoders.get(generation)?.end()
    this.decoders.delete(generation)
    this.encodings.delete(generation)
    this.handlers.ended?.(generation)
  }

  state(state: Parameters<NonNullable<FollowSink['state']>>[0]): void {
    this.handlers.state?.(state)
  }

  notice(message: string): void {
    this.handlers.notice?.(message)
  }

  busy(isBusy: boolean): void {
    this.handlers.busy?.(isBusy)
  }

  /** Nothing more comes: what is unfinished counts as lines. */
  endAll(): void {
    for (const generation of [...this.decoders.keys()]) this.ended(generation)
  }

  /** The beginning of the line that is not finished, undefined where there is none. */
  unfinished(generation: number): string | undefined {
    const decoder = this.decoders.get(generation)
    return decoder === undefined || decoder.pendingBytes === 0 ? undefined : decoder.pendingText(MAX_UNFINISHED_BYTES)
  }

  private decoderOf(generation: number, offset: number): LineDecoder {
    let decoder = this.decoders.get(generation)
    if (decoder === undefined) {
      const encoding = this.encoding ?? this.encodings.get(generation)
      decoder = new LineDecoder(encoding === undefined ? {} : { encoding }, offset === 0, (line) => {
        this.wait = this.handlers.line(line, generation) ?? this.wait
      })
      this.decoders.set(generation, decoder)
    }
    return decoder
  }
}
