/** A run log of any size with its index, written straight: what a recorder would have left of a long launch. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import path from 'node:path'
import { BlockBuilder, blockLine } from '../src/node/runlog/blockIndex'
import { closingLine, openingLine } from '../src/node/runlog/format'
import { logPaths } from '../src/node/runlog/layout'
import type { RunHead } from '../src/shared/events/schema'

const CAPTURE_ID = '2026-11-20T03-30-05Z-abc123'
const START = Date.UTC(2026, 10, 20, 3, 30, 5)
const PIECE_CHARS = 1 << 20

export interface LargeRun {
  readonly path: string
  readonly indexPath: string
  readonly bytes: number
  /** Milliseconds since the epoch. */
  readonly start: number
  readonly end: number
}

/**
 * Lines of a program, one a millisecond: one in 100 an error, one in 1,000 a metric, one in 10,000 with the word `needle`
 * (the last of them near the end), a pause of 5 s after each millionth.
 */
export function makeLargeRun(logDirectory: string, events: number): LargeRun {
  mkdirSync(path.join(logDirectory, 'runs'), { recursive: true })
  mkdirSync(path.join(logDirectory, 'index'), { recursive: true })
  const paths = logPaths(logDirectory, CAPTURE_ID)
  const head: RunHead = {
    capture_id: CAPTURE_ID,
    kind: 'launch',
    title: 'a long run',
    started_at: new Date(START).toISOString(),
    pid: 1,
    machine: 'bench',
    tool: { name: 'tapedeck', version: '0.0.0' },
    command: 'train',
    args: [],
    cwd: logDirectory,
  }
  const log = openSync(paths.log, 'wx')
  const index = openSync(paths.index, 'wx')
  let text = openingLine(head)
  let bytes = 0
  const builder = new BlockBuilder(Buffer.byteLength(text), 0)
  let time = START
  const counts: Record<string, number> = {}
  let blocks = ''
  for (let seq = 0; seq < events; seq++) {
    time += seq % 1_000_000 === 999_999 ? 5000 : 1
    const { key, phase, data } = eventOf(seq)
    const line = `${seq === 0 ? '' : ','}{"capture_id":"${CAPTURE_ID}","seq":${String(seq)},"timestamp":"${new Date(time).toISOString()}","phase":"${phase}","data":${data}}\n`
    counts[key] = (counts[key] ?? 0) + 1
    text += line
    // All of it is ASCII: a character is a byte.
    const block = builder.add(line.length, key, time)
    if (block !== undefined) blocks += blockLine(block)
    if (text.length < PIECE_CHARS) continue
    bytes += writeSync(log, text)
    writeSync(index, blocks)
    text = ''
    blocks = ''
  }
  const phase_counts: Record<string, number> = {}
  const level_counts: Record<string, number> = {}
  for (const [key, count] of Object.entries(counts)) {
    const [phase = '', level] = key.split(':')
    phase_counts[phase] = (phase_counts[phase] ?? 0) + count
    if (level !== undefined) level_counts[level] = count
  }
  text += closingLine({
    ...head,
    status: 'completed',
    finished_at: new Date(time).toISOString(),
    duration_ms: time - START,
    event_count: events,
    phase_counts,
    level_counts,
    dropped: 0,
    redacted: {},
  })
  bytes += writeSync(log, text)
  writeSync(index, blocks + blockLine(builder.rest()))
  closeSync(log)
  closeSync(index)
  return { path: paths.log, indexPath: paths.index, bytes, start: START, end: time }
}

function eventOf(seq: number): { readonly key: string; readonly phase: string; readonly data: string } {
  if (seq % 1000 === 500)
    return {
      key: 'metric',
      phase: 'metric',
      data: `{"name":"loss","value":${(1 / (1 + seq / 1e6)).toFixed(5)},"step":${String(seq)}}`,
    }
  const level = seq % 100 === 7 ? 'error' : seq % 20 === 3 ? 'warn' : undefined
  const word = seq % 10_000 === 9_990 ? 'needle' : 'worker'
  const told = level === undefined ? '' : `,"level":"${level}"`
  const text = `${word} ${String(seq)} handled one more item of the queue in 12 ms, 200 OK`
  return {
    key: level === undefined ? 'log_line' : `log_line:${level}`,
    phase: 'log_line',
    data: `{"text":"${text}","stream":"stdout"${told}}`,
  }
}
