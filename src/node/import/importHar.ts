/**
 * A HAR as a capture: each request, answer and body goes through the decoders of a capture, in the order of the times that
 * the file tells. The document is never held as a whole: its entries are found first and read again when their time comes.
 */
import type { FileHandle } from 'node:fs/promises'
import type { WireDecoder } from '../../core/decode/decoder'
import { defined, parseJson } from '../../core/decode/json'
import { createWireDecoder } from '../../core/decode/wire'
import { harEntry, type HarEntry } from '../../core/import/harEntry'
import { HarScanner, type HarPlace } from '../../core/import/harScanner'
import type { EventDraft } from '../../shared/events/schema'
import { formatBytes } from '../../shared/lib/format'
import { UserError } from '../../shared/userError'
import { BodyRecorder, keepBody } from '../browser/bodies'
import { isOurBusiness, shortUrl } from '../browser/cdp'
import { guarded } from '../browser/guardedDecoder'
import { openFile, readAt } from '../runlog/reader'
import type { ImportEnd } from './importCast'
import { chunksOf, type ImportOptions } from './inputFile'
import type { StagedRun } from './stagedRun'

/** One entry is held as a whole. */
const MAX_ENTRY_BYTES = 256 * 1024 * 1024
/** Entries that may be needed again soon. */
const CACHE_BYTES = 64 * 1024 * 1024
const BODY_PIECE = 256 * 1024

/** What happens when: of an entry its sending, its answer, each of its frames, its end. */
interface Moment {
  readonly ms: number
  readonly entry: number
  readonly what: 'sent' | 'answered' | 'ended' | { readonly frame: number }
}

export interface HarIndex {
  readonly startedMs: number
  readonly url: string | undefined
  readonly places: readonly HarPlace[]
  readonly moments: readonly Moment[]
  /** Entries that can't be read, in words. */
  readonly damaged: readonly string[]
}

/** Finds the entries and their times. @throws UserError when it is no whole HAR, or one entry is too large */
export async function indexHar(file: string, options: ImportOptions): Promise<HarIndex> {
  const places: HarPlace[] = []
  const scanner = new HarScanner((place) => places.push(place))
  for await (const chunk of chunksOf(file, options)) scanner.push(chunk)
  if (!scanner.hasEntries) throw new UserError(`${file} is no HAR: it has no list log.entries.`, 'bad_har', 'bad_input')
  if (!scanner.isWhole) {
    throw new UserError(
      `${file} is not whole: it ends at byte ${String(scanner.offset)} in the middle of the document.`,
      'bad_har',
      'bad_input',
    )
  }
  const entries = await Entries.open(file, places)
  const moments: Moment[] = []
  const damaged: string[] = []
  let url: string | undefined
  try {
    for (const [entry, { offset }] of places.entries()) {
      options.signal?.throwIfAborted()
      const known = await entries.get(entry)
      if (known === undefined) {
        damaged.push(`Entry ${String(entry + 1)} (at byte ${String(offset)}) is no request with an address and a time.`)
        continue
      }
      if (!isOurBusiness(known.exchange.url)) continue
      url ??= known.exchange.url
      addMoments(moments, entry, known)
    }
  } finally {
    await entries.close()
  }
  // Stable: what happens at one time stays in its order.
  moments.sort((a, b) => a.ms - b.ms)
  return { startedMs: moments[0]?.ms ?? Date.now(), url, places, moments, damaged }
}

function addMoments(moments: Moment[], entry: number, { startedMs, waitedMs, durationMs, frames }: HarEntry): void {
  moments.push({ ms: startedMs, entry, what: 'sent' }, { ms: startedMs + waitedMs, entry, what: 'answered' })
  let last = startedMs + durationMs
  for (const [frame, { time }] of frames.entries()) {
    last = Math.max(last, time)
    moments.push({ ms: Math.max(time, startedMs + waitedMs), entry, what: { frame } })
  }
  moments.push({ ms: last, entry, what: 'ended' })
}

export async function importHar(
  file: string,
  run: StagedRun,
  index: HarIndex,
  options: ImportOptions,
): Promise<ImportEnd> {
  for (const what of index.damaged) await run.noteDamaged(what)
  const entries = await Entries.open(file, index.places)
  const player = new Player(run)
  try {
    for (const [i, { ms, entry, what }] of index.moments.entries()) {
      options.signal?.throwIfAborted()
      const known = await entries.get(entry)
      if (known === undefined) continue
      run.at(ms)
      if (typeof what === 'object') await player.frame(known, what.frame)
      else await player[what](known)
      options.onProgress?.(i + 1, index.moments.length)
    }
    await player.end()
    return { status: 'completed' }
  } finally {
    await entries.close()
  }
}

/** Reads entries where they lie; the last ones stay. */
class Entries {
  private readonly held = new Map<number, { readonly entry: HarEntry | undefined; readonly bytes: number }>()
  private heldBytes = 0

  private constructor(
    private readonly name: string,
    private readonly file: FileHandle,
    private readonly places: readonly HarPlace[],
  ) {}

  static async open(file: string, places: readonly HarPlace[]): Promise<Entries> {
    return new Entries(file, await openFile(file), places)
  }

  async get(number: number): Promise<HarEntry | undefined> {
    const known = this.held.get(number)
    if (known !== undefined) return known.entry
    const { offset, bytes } = this.places[number] ?? { offset: 0, bytes: 0 }
    if (bytes > MAX_ENTRY_BYTES) {
      throw new UserError(
        `Entry ${String(number + 1)} of ${this.name} (at byte ${String(offset)}) has ${formatBytes(bytes)}; at most ${formatBytes(MAX_ENTRY_BYTES)} can be imported.`,
        'too_large',
        'bad_input',
      )
    }
    const text = (await readAt(this.file, offset, bytes)).toString('utf8')
    const entry = harEntry(parseJson(text), `har-${String(number + 1)}`)
    this.held.set(number, { entry, bytes })
    this.heldBytes += bytes
    for (const [other, { bytes: given }] of this.held) {
      if (this.heldBytes <= CACHE_BYTES || other === number) break
      this.held.delete(other)
      this.heldBytes -= given
    }
    return entry
  }

  async close(): Promise<void> {
    await this.file.close()
  }
}

type NetworkData = Extract<EventDraft, { phase: 'network' }>['data']

/** Does to a run what a browser would have done to it. */
class Player {
  private drafts: EventDraft[] = []
  private readonly decoder: WireDecoder
  private readonly bodies = new Map<string, BodyRecorder>()
  /** Bytes of frames so far, by socket and direction. */
  private readonly frameBytes = new Map<string, { sent: number; received: number }>()

  constructor(private readonly run: StagedRun) {
    const decoder = createWireDecoder({
      emit: (draft) => this.drafts.push(draft),
      turn: () => undefined,
    })
    this.decoder = guarded(decoder, (error) => {
      const reason = error instanceof Error ? error.message : String(error)
      this.drafts.push({
        phase: 'error',
        data: { message: `A decoder failed: ${reason}`, code: 'defect', fatal: false },
      })
    })
  }

  async sent(entry: HarEntry): Promise<void> {
    const { exchange } = entry
    this.tell(entry, { state: 'sent', request_headers: { ...exchange.requestHeaders } })
    const { requestId, method, url, requestHeaders, postData } = exchange
    this.decoder.request({ requestId, method, url, requestHeaders, ...defined({ postData }) })
    await this.flush()
  }

  async answered(entry: HarEntry): Promise<void> {
    const { exchange, timings } = entry
    const { requestId, status, mimeType = '', responseHeaders = {} } = exchange
    if (status === undefined) return
    this.tell(entry, {
      state: 'response',
      status,
      mime_type: mimeType,
      response_headers: { ...responseHeaders },
      timings: { ...timings },
    })
    if (entry.resourceType !== 'websocket') {
      const decoder = this.decoder.response(exchange)
      const keep = keepBody('all', mimeType)
      if (decoder !== undefined || keep !== undefined)
        this.bodies.set(requestId, new BodyRecorder(requestId, decoder, keep, (draft) => this.drafts.push(draft)))
    }
    await this.flush()
  }

  async frame({ exchange, frames }: HarEntry, number: number): Promise<void> {
    const frame = frames[number]
    if (frame === undefined) return
    const { requestId, url } = exchange
    const { direction, isText, data } = frame
    const bytes = this.frameBytes.get(requestId) ?? { sent: 0, received: 0 }
    this.frameBytes.set(requestId, bytes)
    const content = isText ? { text: data } : { base64: data }
    this.drafts.push({
      phase: 'network_body',
      data: { request_id: requestId, offset: bytes[direction], direction, ...content },
    })
    bytes[direction] += Buffer.byteLength(data, isText ? 'utf8' : 'base64')
    if (direction === 'received' && isText) this.decoder.socketFrame({ requestId, url }, data)
    await this.flush()
  }

  async ended(entry: HarEntry): Promise<void> {
    const { exchange, body, error, durationMs, bytes } = entry
    const { requestId, url, status, mimeType } = exchange
    const recorder = this.bodies.get(requestId)
    if (recorder !== undefined && body !== undefined) {
      const content = Buffer.from(body.text, body.isBase64 ? 'base64' : 'utf8')
      for (let at = 0; at < content.length; at += BODY_PIECE) {
        recorder.push(content.subarray(at, at + BODY_PIECE))
        await this.flush()
      }
    }
    recorder?.end(error === undefined ? 'finished' : 'failed')
    this.bodies.delete(requestId)
    if (entry.resourceType === 'websocket') this.decoder.socketClosed({ requestId, url })
    this.frameBytes.delete(requestId)
    this.tell(entry, {
      ...(error === undefined ? { state: 'finished' } : { state: 'failed', error }),
      duration_ms: durationMs,
      ...defined({ status, mime_type: mimeType, bytes }),
    })
    await this.flush()
  }

  /** The capture is over: what the decoders held back. */
  async end(): Promise<void> {
    this.decoder.end()
    await this.flush()
  }

  private tell({ exchange, resourceType }: HarEntry, state: Partial<NetworkData> & Pick<NetworkData, 'state'>): void {
    const { requestId, method, url } = exchange
    this.drafts.push({
      phase: 'network',
      data: { request_id: requestId, method, url: shortUrl(url), resource_type: resourceType, ...state },
    })
  }

  private async flush(): Promise<void> {
    const { drafts } = this
    this.drafts = []
    for (const draft of drafts) await this.run.emit(draft)
  }
}
