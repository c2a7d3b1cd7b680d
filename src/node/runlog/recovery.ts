/**
 * Closes the log of a run whose recorder is gone: what follows the last whole line goes, an `error` event says what
 * happened, and the closing line makes the file a valid document. Whoever claims the registry entry does it.
 */
import { open, stat, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import type { EventDraft, RunMetadata, RunStatus } from '../../shared/events/schema'
import type { Claim } from '../control/registry'
import { closingLine, parseEventLine, stampOf } from './format'
import { UserError } from '../../shared/userError'
import { readLines, readLogInfo, type LogInfo } from './reader'
import { writeError } from './writer'

interface Tally {
  count: number
  lastSeq: number
  lastTime: number
  phases: Record<string, number>
  levels: Record<string, number>
  dropped: number
  redacted: Record<string, number>
}

/** What can't be reached for so long is given up: its folder was deleted. */
const GIVE_UP_MS = 30 * 24 * 3600 * 1000

/**
 * Closes one log and forgets its entry; a log that is closed already is left as it is. When it can't be closed now (a full
 * disk, a folder that is away), the entry stays and the next one who looks tries again.
 * @throws UserError: what is wrong with the log
 */
export async function closeLostLog(claim: Claim): Promise<void> {
  const { entry } = claim
  try {
    const info = await readLogInfo(entry.log_path)
    if (info.metadata === undefined) {
      const draft = explain(claim)
      await appendEnding(info, await tally(info), draft, entry.failure === undefined ? 'aborted' : 'failed')
    }
  } catch (error) {
    if (await isHopeless(claim, error)) claim.release()
    else claim.giveBack()
    throw error instanceof UserError ? error : writeError(entry.log_path, error)
  }
  claim.release()
}

/** True when no later attempt could close the log: it was deleted, or something else lies there. */
async function isHopeless({ entry }: Claim, error: unknown): Promise<boolean> {
  if (error instanceof UserError && error.code === 'not_a_run_log') return true
  if (Date.now() - Date.parse(entry.started_at) > GIVE_UP_MS) return true
  return (await exists(path.dirname(entry.log_path))) && !(await exists(entry.log_path))
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}

function explain({ entry, restarted }: Claim): Extract<EventDraft, { phase: 'error' }> {
  if (entry.failure !== undefined) {
    return { phase: 'error', data: { message: entry.failure.message, code: entry.failure.code, fatal: true } }
  }
  const code = restarted ? 'machine_restarted' : 'recorder_lost'
  const what = restarted
    ? 'The machine was restarted'
    : `The recorder (process ${String(entry.pid)}) ended without a word`
  const message = `${what} while this run was being recorded. Everything written before is here; what came after is not.`
  return { phase: 'error', data: { message, code, fatal: true } }
}

async function tally(info: LogInfo): Promise<Tally> {
  const result: Tally = {
    count: 0,
    lastSeq: -1,
    lastTime: Date.parse(info.head.started_at),
    phases: {},
    levels: {},
    dropped: 0,
    redacted: {},
  }
  for await (const line of readLines(info.path, info.eventsOffset, info.eventsEnd)) {
    const stamp = stampOf(line.bytes, 0, line.bytes.length)
    result.count++
    if (stamp.key === 'damaged') continue
    result.lastSeq = stamp.seq
    if (!Number.isNaN(stamp.timeMs)) result.lastTime = stamp.timeMs
    add(result, stamp.key)
    recount(result, line.bytes, stamp.key)
  }
  return result
}

const REDACTED = /\[redacted:([\w:-]{1,60})\]/g

/** What the recorder knew and took with it. */
function recount(result: Tally, bytes: Buffer, key: string): void {
  if (key === 'dropped:warn') {
    const dropped = parseEventLine(bytes.toString('utf8'))?.data['count']
    if (typeof dropped === 'number') result.dropped += dropped
  }
  if (!bytes.includes('[redacted:')) return
  for (const [, rule = ''] of bytes.toString('latin1').matchAll(REDACTED)) {
    result.redacted[rule] = (result.redacted[rule] ?? 0) + 1
  }
}

function add(result: Tally, key: string): void {
  const [phase = '', level] = key.split(':')
  result.phases[phase] = (result.phases[phase] ?? 0) + 1
  if (level !== undefined) result.levels[level] = (result.levels[level] ?? 0) + 1
}

async function appendEnding(
  info: LogInfo,
  before: Tally,
  draft: Extract<EventDraft, { phase: 'error' }>,
  status: RunStatus,
): Promise<void> {
  const time = Math.max(Date.now(), before.lastTime)
  const timestamp = new Date(time).toISOString()
  const { capture_id } = info.head
  const event = { capture_id, seq: before.lastSeq + 1, timestamp, ...draft }
  add(before, 'error:fatal')
  const metadata: RunMetadata = {
    ...info.head,
    status,
    finished_at: timestamp,
    duration_ms: Math.max(0, before.lastTime - Date.parse(info.head.started_at)),
    event_count: before.count + 1,
    phase_counts: before.phases,
    level_counts: before.levels,
    dropped: before.dropped,
    redacted: before.redacted,
    error: draft.data.message,
  }
  const text = `${before.count === 0 ? '' : ','}${JSON.stringify(event)}\n${closingLine(metadata)}`
  const file = await open(info.path, 'r+')
  try {
    await writeEnding(file, info.eventsEnd, Buffer.from(text))
  } finally {
    await file.close()
  }
}

/** Writes all of it or, on a full disk, nothing: a log that is cut at its last whole line can be closed another time. */
async function writeEnding(file: FileHandle, position: number, bytes: Buffer): Promise<void> {
  await file.truncate(position)
  try {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
      if (bytesWritten === 0) throw Object.assign(new Error('no byte could be written'), { code: 'ENOSPC' })
      done += bytesWritten
    }
    await file.sync()
  } catch (error) {
    await file.truncate(position)
    throw error
  }
}
