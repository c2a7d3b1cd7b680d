/** The whole entry that a recorded line belongs to: a stack trace stands in a run's log as one event a line. */
import type { EventStore } from '../../core/store/eventStore'
import type { AnyEvent } from '../../shared/events/schema'
import type { EntryLines } from '../../shared/protocol/rows'

const MAX_LINES = 1000
const MAX_CHARACTERS = 256 * 1024
/** Lines of other files may stand between: looked at in each direction. */
const MAX_EVENTS = 2000
const MAX_LINE = 16 * 1024

type Store = Pick<EventStore, 'detail' | 'growth'>

/** @param event the one at `position` @returns undefined for what is no line, and for an entry of one line */
export async function recordedEntry(store: Store, position: number, event: AnyEvent): Promise<EntryLines | undefined> {
  const chosen = lineOf(event)
  if (chosen === undefined) return undefined
  const half = { lines: MAX_LINES / 2, characters: MAX_CHARACTERS / 2 }
  const above = chosen.isContinued
    ? await linesAbove(store, position, chosen.source, half)
    : { lines: [], isMore: false }
  const taken = above.lines.reduce((sum, line) => sum + line.length, chosen.text.length)
  const left = { lines: MAX_LINES - above.lines.length - 1, characters: MAX_CHARACTERS - taken }
  const below = await linesBelow(store, position, chosen.source, left)
  const lines = [...above.lines, chosen.text, ...below.lines]
  if (lines.length === 1 && !above.isMore && !below.isMore) return undefined
  return {
    lines,
    at: above.lines.length,
    ...(above.isMore ? { moreAbove: true } : {}),
    ...(below.isMore ? { moreBelow: true } : {}),
  }
}

interface Found {
  readonly lines: readonly string[]
  readonly isMore: boolean
}

interface Room {
  readonly lines: number
  readonly characters: number
}

/** Up to the first line of the entry, which ends it. */
async function linesAbove(store: Store, position: number, source: string, room: Room): Promise<Found> {
  const lines: string[] = []
  let { characters } = room
  for (let at = position - 1; at >= 0 && position - at <= MAX_EVENTS; at--) {
    const line = lineOf((await store.detail(at)).event)
    if (line?.source !== source) continue
    characters -= line.text.length
    if (lines.length >= room.lines || characters < 0) return { lines: lines.reverse(), isMore: true }
    lines.push(line.text)
    if (!line.isContinued) return { lines: lines.reverse(), isMore: false }
  }
  return { lines: lines.reverse(), isMore: position > MAX_EVENTS }
}

async function linesBelow(store: Store, position: number, source: string, room: Room): Promise<Found> {
  const lines: string[] = []
  let { characters } = room
  const end = Math.min(store.growth.size, position + MAX_EVENTS)
  for (let at = position + 1; at < end; at++) {
    const line = lineOf((await store.detail(at)).event)
    if (line?.source !== source) continue
    if (!line.isContinued) return { lines, isMore: false }
    characters -= line.text.length
    if (lines.length >= room.lines || characters < 0) return { lines, isMore: true }
    lines.push(line.text)
  }
  return { lines, isMore: false }
}

/** `source`: where it was read, so that the lines of files that are recorded together are told apart. */
function lineOf(event: AnyEvent | undefined): { text: string; source: string; isContinued: boolean } | undefined {
  if (event?.phase !== 'log_line') return undefined
  const { text, source, stream, continued } = event.data
  if (typeof text !== 'string') return undefined
  return {
    text: text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}…` : text,
    source: `${String(stream)} ${typeof source === 'string' ? source : ''}`,
    isContinued: continued === true,
  }
}
