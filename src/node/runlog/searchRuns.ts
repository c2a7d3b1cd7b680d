/** Looks for a text in many run logs, one after the other: their names first, then each event. Memory: one chunk, or the longest line. */
import { parseEventLine } from '../../core/eventLine'
import { hitIn, hitOf, type HitText } from '../../core/query/hits'
import { createEventMatcher, textExpression } from '../../core/query/textMatcher'
import type { TextQuery } from '../../shared/protocol/rows'
import { UserError } from '../../shared/userError'
import { titleOf, type ListedRun } from './history'
import { NEWLINE } from './eventLine'
import { openFile, readAt, readLogInfo } from './reader'

export interface SearchedRun {
  readonly capture_id: string
  readonly path: string
  /** Its title, tags and markers: what a person calls it. */
  readonly names: readonly string[]
}

export interface RunHit extends HitText {
  /** Of the event; absent where the hit is in a name of the run or in a damaged line. */
  readonly seq?: number
  /** Milliseconds since the epoch. */
  readonly time?: number
  readonly phase?: string
}

export interface SearchBounds {
  /** Hits of one run that are told. */
  readonly perRun: number
  /** Hits of all runs; then the search ends. */
  readonly total: number
}

export interface SearchEnd {
  /** Runs that were looked at, all or in part. */
  readonly searched: number
  /** Of them, those that could not be read. */
  readonly unreadable: number
  /** `total` was reached: there may be more. */
  readonly isCut: boolean
}

export function searchedRun(run: ListedRun): SearchedRun {
  const { capture_id, path, head, notes } = run
  const own = head === undefined ? [] : [head.title]
  const names = [
    titleOf(run),
    ...own,
    capture_id,
    ...(notes?.tags ?? []),
    ...(notes?.markers ?? []).map(({ name }) => name),
  ]
  return { capture_id, path, names: [...new Set(names)] }
}

/**
 * @param runs in the order in which they are searched
 * @param onHits told of hits as they come, several at a time; `isCut`: this run has more
 * @throws UserError `bad_expression`
 */
export async function searchRuns(
  runs: readonly SearchedRun[],
  query: TextQuery,
  bounds: SearchBounds,
  onHits: (run: SearchedRun, hits: readonly RunHit[], isCut: boolean) => void,
  signal?: AbortSignal,
): Promise<SearchEnd> {
  const expression = expressionOf(query)
  let left = bounds.total
  let unreadable = 0
  for (const [index, run] of runs.entries()) {
    signal?.throwIfAborted()
    let leftHere = Math.min(bounds.perRun, left)
    const named = run.names.flatMap((name) => hitIn(name, expression) ?? []).slice(0, 1)
    if (named.length > 0) {
      onHits(run, named, false)
      leftHere--
      left--
    }
    try {
      // Twice where it takes that: what a wire carried holds all that was read from it once more, and would bury it.
      const raw = { isWanted: false, isThere: false }
      for (const isWanted of [false, true]) {
        if (isWanted && !raw.isThere) break
        raw.isWanted = isWanted
        let isCut = false
        for await (const hits of hitsIn(run.path, query, expression, raw, signal)) {
          const told = hits.slice(0, leftHere)
          leftHere -= told.length
          left -= told.length
          isCut = told.length < hits.length
          if (hits.length > 0) onHits(run, told, isCut)
          if (isCut) break
        }
        if (isCut) break
      }
    } catch {
      signal?.throwIfAborted()
      // Whatever is wrong with one log (a line that is too long for a text, a disk that fails) must not keep the others away.
      unreadable++
    }
    if (left <= 0) return { searched: index + 1, unreadable, isCut: true }
  }
  return { searched: runs.length, unreadable, isCut: false }
}

function expressionOf(query: TextQuery): RegExp {
  try {
    return textExpression(query)
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : String(error)
    throw new UserError(`The regular expression is not valid: ${reason}`, 'bad_expression', 'bad_input')
  }
}

const rawPlaces: Readonly<Record<string, string>> = { network: 'in a request', network_body: 'in a response body' }

/** Where a hit stands that is in what was sent and received, in words; undefined for one in what was made of it. */
export function rawPlace({ phase = '' }: Pick<RunHit, 'phase'>): string | undefined {
  return Object.hasOwn(rawPlaces, phase) ? rawPlaces[phase] : undefined
}

/**
 * The hits of one log, a chunk at a time.
 * @param raw whether those in what was sent and received are told, or the others; is told whether there are such
 */
async function* hitsIn(
  path: string,
  query: TextQuery,
  expression: RegExp,
  raw: { readonly isWanted: boolean; isThere: boolean },
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly RunHit[]> {
  const { eventsOffset, eventsEnd } = await readLogInfo(path)
  const matches = createEventMatcher({ text: query }) ?? (() => true)
  const isWorthALook = chunkTest(query)
  for await (const lines of wholeLines(path, eventsOffset, eventsEnd, signal)) {
    const text = lines.toString('utf8')
    if (!isWorthALook(text)) continue
    const hits: RunHit[] = []
    for (const line of text.split('\n')) {
      if (line === '' || !isWorthALook(line) || !matches(line)) continue
      const event = parseEventLine(line)
      const isRaw = event !== undefined && rawPlace(event) !== undefined
      raw.isThere ||= isRaw
      if (isRaw !== raw.isWanted) continue
      const hit = event === undefined ? hitIn(line, expression) : hitOf(event, expression)
      if (hit === undefined) continue
      if (event === undefined) hits.push(hit)
      else hits.push({ ...hit, seq: event.seq, time: Date.parse(event.timestamp), phase: event.phase })
    }
    if (hits.length > 0) yield hits
  }
}

/** Whether a literal may be in a piece of a log: most pieces are passed over at once. */
function chunkTest({ pattern, regex, caseSensitive }: TextQuery): (text: string) => boolean {
  if (regex === true) return () => true
  const literal = JSON.stringify(pattern).slice(1, -1)
  if (caseSensitive === true) return (text) => text.includes(literal)
  const folded = literal.toLowerCase()
  return (text) => text.toLowerCase().includes(folded)
}

const CHUNK_BYTES = 1024 * 1024

/** What lies between two places of a log (line borders), in pieces of whole lines. */
async function* wholeLines(
  path: string,
  from: number,
  to: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  const file = await openFile(path)
  try {
    let rest: Buffer = Buffer.alloc(0)
    for (let next = from; next < to;) {
      signal?.throwIfAborted()
      // A line longer than what is held is read in steps that double, so that its length costs linear time.
      const chunk = await readAt(file, next, Math.min(Math.max(CHUNK_BYTES, rest.length), to - next))
      if (chunk.length === 0) return
      next += chunk.length
      const end = chunk.lastIndexOf(NEWLINE) + 1
      if (end > 0) yield rest.length === 0 ? chunk.subarray(0, end) : Buffer.concat([rest, chunk.subarray(0, end)])
      rest = end > 0 ? chunk.subarray(end) : Buffer.concat([rest, chunk])
    }
  } finally {
    await file.close()
  }
}
