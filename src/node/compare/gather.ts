/** Reads a whole run log for a comparison: each line once, bounded memory, and an end whenever the caller wants one. */
import path from 'node:path'
import { RunGatherer, type GatheredRun } from '../../core/compare/gathered'
import { parseEventLine } from '../../core/eventLine'
import { readEntry } from '../control/registry'
import { stampOf } from '../runlog/eventLine'
import { describeRun } from '../runlog/history'
import { readNotes } from '../runlog/notes'
import { readLines, readLogInfo } from '../runlog/reader'

export interface GatherOptions {
  readonly signal?: AbortSignal | undefined
  /** Bytes read so far, of so many; told every few hundred milliseconds. */
  readonly onProgress?: (done: number, total: number) => void
}

const TELL_MS = 100

/** @throws UserError when the log can't be read, and what `signal` was aborted with */
export async function gatherRun(logPath: string, { signal, onProgress }: GatherOptions = {}): Promise<GatheredRun> {
  const info = await readLogInfo(logPath)
  const { state } = await describeRun(logPath, readEntry(path.basename(logPath, '.json')))
  const notes = await readNotes(logPath).catch(() => undefined)
  const { eventsOffset, eventsEnd, metadata, head } = info
  const gatherer = new RunGatherer(head.kind)
  let [events, damaged, lastTime] = [0, 0, Number.NaN]
  let told = performance.now()
  for await (const { bytes, offset } of readLines(logPath, eventsOffset, eventsEnd, 0, signal)) {
    const { key, timeMs } = stampOf(bytes, 0, bytes.length)
    if (Number.isFinite(timeMs)) lastTime = timeMs
    if (gatherer.wants(phaseOf(key))) {
      const event = parseEventLine(bytes.toString('utf8'))
      if (event === undefined) damaged++
      else gatherer.add(event, key)
    } else if (key === 'damaged') damaged++
    else gatherer.count(key, timeMs)
    events++
    if (performance.now() - told < TELL_MS) continue
    onProgress?.(offset - eventsOffset, eventsEnd - eventsOffset)
    // A cancel is only heard when the thread is let go.
    await new Promise(setImmediate)
    signal?.throwIfAborted()
    told = performance.now()
  }
  signal?.throwIfAborted()
  const startedMs = Date.parse(head.started_at)
  const lasted = metadata?.duration_ms ?? Math.max(0, (Number.isNaN(lastTime) ? startedMs : lastTime) - startedMs)
  const { capture_id, kind, title, started_at } = head
  return gatherer.gathered(
    {
      capture_id,
      kind,
      title: notes?.title ?? title,
      state,
      started_at,
      duration_ms: lasted,
      event_count: events - damaged,
      damaged,
    },
    head,
    metadata,
  )
}

function phaseOf(key: string): string {
  const colon = key.indexOf(':')
  return colon < 0 ? key : key.slice(0, colon)
}
