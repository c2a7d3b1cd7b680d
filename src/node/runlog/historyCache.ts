/**
 * `<logDirectory>/index/history.ndjson`: what the ends of finished logs tell, so that a long history is listed without opening
 * each log. A cache: a line that can't be understood, or is of a file that has changed since, is read anew.
 */
import { randomUUID } from 'node:crypto'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { notesSchema } from '../../shared/events/notes'
import { captureIdSchema, headSchema, metadataSchema, type RunHead, type RunMetadata } from '../../shared/events/schema'
import { Slices } from '../machine/slices'
import type { FoundNotes, LogEnds } from './history'

/** How a file was when it was read. */
export interface Stamp {
  readonly size: number
  readonly modifiedMs: number
}

/** What is known of a run's files. */
export interface KnownRun {
  readonly log: Stamp
  readonly ends: LogEnds
  /** Absent where there are none. */
  readonly notes?: { readonly stamp: Stamp; readonly found: FoundNotes }
}

const FORMAT = '{"format":"tapedeck-history/1"}'
const MAX_RUNS = 50_000
const MAX_FILE_BYTES = 256 * 1024 * 1024
/** A run whose line is longer is read anew each time. */
const MAX_LINE_BYTES = 64 * 1024
const NEWLINE = 0x0a
const NEEDED = Object.entries(headSchema.shape).flatMap(([key, field]) =>
  field.safeParse(undefined).success ? [] : key,
)

const stampSchema = z.object({ size: z.number(), modifiedMs: z.number() })
const lineSchema = z.object({
  id: captureIdSchema,
  log: stampSchema,
  bytes: z.number(),
  metadata: metadataSchema,
  /** Which fields of the final record are the head; or the head itself, where it says something else. */
  head: z.union([z.array(z.string()), headSchema]),
  notes: z.object({ stamp: stampSchema, notes: notesSchema }).optional(),
})

function cachePath(logDirectory: string): string {
  return path.join(logDirectory, 'index', 'history.ndjson')
}

/** By id; empty where there is no cache, or one of another version. */
export async function readHistoryCache(logDirectory: string): Promise<Map<string, KnownRun>> {
  const known = new Map<string, KnownRun>()
  const bytes = await readBounded(cachePath(logDirectory))
  const slices = new Slices()
  let start = bytes.indexOf(NEWLINE) + 1
  if (start === 0 || bytes.toString('utf8', 0, start - 1) !== FORMAT) return known
  for (let end = bytes.indexOf(NEWLINE, start); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    const run = parseLine(bytes.toString('utf8', start, end))
    if (run !== undefined) known.set(run.id, run.known)
    start = end + 1
    await slices.rest()
  }
  return known
}

async function readBounded(file: string): Promise<Buffer> {
  try {
    return (await stat(file)).size > MAX_FILE_BYTES ? Buffer.alloc(0) : await readFile(file)
  } catch {
    // Never written, or not readable: the logs tell.
    return Buffer.alloc(0)
  }
}

function parseLine(line: string): { id: string; known: KnownRun } | undefined {
  try {
    const { id, log, bytes, metadata, head, notes } = lineSchema.parse(JSON.parse(line))
    const ends = {
      head: Array.isArray(head) ? partOf(metadata, head) : head,
      metadata,
      bytes,
      modifiedMs: log.modifiedMs,
    }
    return {
      id,
      known: {
        log,
        ends,
        ...(notes === undefined ? {} : { notes: { stamp: notes.stamp, found: { notes: notes.notes } } }),
      },
    }
  } catch {
    // Not ours, or of another version: that log is read.
    return undefined
  }
}

/**
 * Writes the cache whole, by rename. Where that can't be, there is none.
 * @param runs the newest first: of too many those are kept
 */
export async function writeHistoryCache(
  logDirectory: string,
  runs: Iterable<readonly [id: string, known: KnownRun]>,
): Promise<void> {
  const file = cachePath(logDirectory)
  const partial = `${file}.${randomUUID()}.partial`
  const slices = new Slices()
  try {
    const handle = await open(partial, 'wx')
    try {
      let piece = `${FORMAT}\n`
      let count = 0
      for (const [id, known] of runs) {
        const line = lineOf(id, known)
        if (line === undefined || Buffer.byteLength(line) > MAX_LINE_BYTES) continue
        if (++count > MAX_RUNS) break
        piece += line
        if (piece.length > MAX_LINE_BYTES) {
          await handle.write(piece)
          piece = ''
        }
        await slices.rest()
      }
      await handle.write(piece)
    } finally {
      await handle.close()
    }
    await rename(partial, file)
  } catch {
    // A folder that may not be written, or is gone: nothing depends on the cache.
    await rm(partial, { force: true }).catch(() => undefined)
  }
}

function lineOf(id: string, { log, ends, notes }: KnownRun): string | undefined {
  const { head, metadata, bytes } = ends
  if (head === undefined || metadata === undefined || bytes === undefined) return undefined
  const kept = notes?.found.notes === undefined ? undefined : { stamp: notes.stamp, notes: notes.found.notes }
  const own = isPartOf(head, metadata) ? Object.keys(head) : head
  return `${JSON.stringify({ id, log, bytes, metadata, head: own, notes: kept })}\n`
}

function isPartOf(head: RunHead, metadata: RunMetadata): boolean {
  return Object.entries(head).every(
    ([key, value]) => metadata[key] === value || JSON.stringify(metadata[key]) === JSON.stringify(value),
  )
}

/** @throws Error where they are not the fields of a head */
function partOf(metadata: RunMetadata, keys: readonly string[]): RunHead {
  if (!NEEDED.every((key) => keys.includes(key))) throw new Error('not a head')
  return Object.fromEntries(keys.map((key) => [key, metadata[key]])) as RunHead
}
