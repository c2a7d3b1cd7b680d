/**
 * Closes the log of a run whose recorder is gone: what follows the last whole line goes, an `error` event says what
 * happened, and the closing line makes the file a valid document. Whoever claims the registry entry does it.
 */
import { open, stat, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { parseEventLine } from '../../core/eventLine'
import { createRedactor } from '../../core/redact/redactor'
import type { EventDraft, RunMetadata, RunStatus } from '../../shared/events/schema'
import type { Claim } from '../control/registry'
import { leftBehind } from '../process/leftBehind'
import { describeLostCommand, lostProcesses } from '../process/lostCommand'
import { stampOf } from './eventLine'
import { closingLine } from './format'
import { UserError } from '../../shared/userError'
import { readLines, readLogInfo, type LogInfo } from './reader'
import { writeError } from './writeError'

interface Tally {
  count: number
  lastSeq: number
  lastTime: number
  phases: Record<string, number>
  levels: Record<string, number>
  dropped: number
  redacted: Record<string, number>
}

type ErrorDraft = Extract<EventDraft, { phase: 'error' }>

/** What can't be reached for so long is given up: its folder was deleted. */
const GIVE_UP_MS = 30 * 24 * 3600 * 1000

/**
 * Closes one log and forgets its entry; a log that is closed already is left as it is. Where processes of a launched command
 * still live, they are named by a `process` event (`left_behind`), and `raw` of the error event holds what `stopLostCommand`
 * needs. When the log can't be closed now (a full disk, a folder that is away), the entry stays and the next one who looks
 * tries again.
 * @throws UserError: what is wrong with the log
 */
export async function closeLostLog(claim: Claim): Promise<void> {
  const { entry } = claim
  try {
    const info = await readLogInfo(entry.log_path)
    if (info.metadata === undefined) await close(claim, info)
  } catch (error) {
    if (await isHopeless(claim, error)) claim.release()
    else claim.giveBack()
    throw error instanceof UserError ? error : writeError(entry.log_path, error)
  }
  claim.release()
}

async function close(claim: Claim, info: LogInfo): Promise<void> {
  const { entry, restarted } = claim
  const isLaunch = entry.child !== undefined || entry.kind === 'launch'
  const living = isLaunch && !restarted ? lostProcesses(entry) : []
  const pids = living.map(({ pid }) => pid)
  const error = explain(claim, isLaunch, pids)
  const before = await tally(info)
  // A command line may hold a secret, as anything that a run tells.
  const redactor = createRedactor()
  const others = living.length === 0 ? [] : redactor.redact(leftBehind(living))
  for (const [rule, count] of Object.entries(redactor.counts)) {
    before.redacted[rule] = (before.redacted[rule] ?? 0) + count
  }
  const status = entry.failure === undefined ? 'aborted' : 'failed'
  await appendEnding(info, before, others, error, status)
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

function explain({ entry, restarted }: Claim, isLaunch: boolean, pids: number[]): ErrorDraft {
  const { capture_id, child, failure } = entry
  const raw = pids.length === 0 ? {} : { raw: { capture_id, ...(child === undefined ? {} : { child }) } }
  const command = isLaunch && !restarted ? ` ${describeLostCommand(entry, pids)}` : ''
  if (failure !== undefined) {
    const message = `${failure.message}${pids.length === 0 ? '' : command}`
    return { phase: 'error', data: { message, code: failure.code, fatal: true, ...raw } }
  }
  const code = restarted ? 'machine_restarted' : 'recorder_lost'
  const what = restarted
    ? 'The machine was restarted'
    : `The recorder (process ${String(entry.pid)}) ended without a word`
  const message = `${what} while this run was being recorded. Everything written before is here; what came after is not.${command}`
  return { phase: 'error', data: { message, code, fatal: true, ...raw } }
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
  others: readonly EventDraft[],
  error: ErrorDraft,
  status: RunStatus,
): Promise<void> {
  const time = Math.max(Date.now(), before.lastTime)
  const timestamp = new Date(time).toISOString()
  const { capture_id } = info.head
  const drafts = [...others, error]
  const lines = drafts.map((draft, index) => {
    const event = { capture_id, seq: before.lastSeq + 1 + index, timestamp, ...draft }
    return `${before.count + index === 0 ? '' : ','}${JSON.stringify(event)}\n`
  })
  for (const { phase } of drafts) add(before, phase === 'error' ? 'error:fatal' : phase)
  const metadata: RunMetadata = {
    ...info.head,
    status,
    finished_at: timestamp,
    duration_ms: Math.max(0, before.lastTime - Date.parse(info.head.started_at)),
    event_count: before.count + drafts.length,
    phase_counts: before.phases,
    level_counts: before.levels,
    dropped: before.dropped,
    redacted: before.redacted,
    error: error.data.message,
  }
  const text = `${lines.join('')}${closingLine(metadata)}`
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
