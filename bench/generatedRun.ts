/** Run logs of any size, written straight to the disk with their block index, always the same. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import path from 'node:path'
import { BlockBuilder } from '../src/node/runlog/blockIndex'
import { blockLine } from '../src/node/runlog/indexFile'
import { closingLine, openingLine } from '../src/node/runlog/format'
import { newCaptureId } from '../src/node/runlog/layout'
import type { RunHead } from '../src/shared/events/schema'

export interface GeneratedRun {
  readonly log: string
  readonly index: string
  readonly bytes: number
  readonly errors: number
}

const START = Date.UTC(2026, 10, 20)
/** Each is so many milliseconds behind the last: ten million are a run of over eight hours. */
const STEP_MS = 3
const words = 'handled item of batch in worker for orders the request was sent and cached again by node'.split(' ')

/**
 * A launch of so many events: lines of output of about 100 bytes of text, one in a hundred an error, a metric each thousand, and a
 * needle each million.
 */
export function generateRun(directory: string, events: number): GeneratedRun {
  const captureId = newCaptureId(START)
  const head: RunHead = {
    capture_id: captureId,
    kind: 'launch',
    title: 'a generated run',
    started_at: new Date(START).toISOString(),
    pid: 1,
    machine: 'bench',
    tool: { name: 'tapedeck', version: '0.0.0' },
    command: 'bench',
  }
  const [log, index] = [
    path.join(directory, 'runs', `${captureId}.json`),
    path.join(directory, 'index', `${captureId}.idx`),
  ]
  for (const file of [log, index]) mkdirSync(path.dirname(file), { recursive: true })
  const [logFd, indexFd] = [openSync(log, 'w'), openSync(index, 'w')]
  const opening = openingLine(head)
  let bytes = writeSync(logFd, opening)
  const blocks = new BlockBuilder(bytes, 0)
  const texts = Array.from({ length: 997 }, (_, i) =>
    Array.from({ length: 12 + (i % 7) }, (__, j) => words[(i * 7 + j * j) % words.length] ?? '').join(' '),
  )
  let chunk = ''
  let indexChunk = ''
  let errors = 0
  for (let seq = 0; seq < events; seq++) {
    const time = START + seq * STEP_MS
    const isError = seq % 100 === 50
    const isMetric = seq % 1000 === 0
    if (isError) errors++
    const needle = seq % 1_000_000 === 777_777 ? 'NEEDLE-found ' : ''
    const data = isMetric
      ? `{"name":"loss","value":${String(1 / (1 + seq))},"step":${String(seq)}}`
      : `{"text":"${needle}${String(seq)} ${texts[seq % texts.length] ?? ''}","stream":"stdout"${isError ? ',"level":"error"' : ''}}`
    const phase = isMetric ? 'metric' : 'log_line'
    const line = `${seq === 0 ? '' : ','}{"capture_id":"${captureId}","seq":${String(seq)},"timestamp":"${new Date(time).toISOString()}","phase":"${phase}","data":${data}}\n`
    const block = blocks.add(line.length, isError ? 'log_line:error' : phase, time)
    if (block !== undefined) indexChunk += blockLine(block)
    chunk += line
    if (chunk.length < 4_000_000) continue
    bytes += writeSync(logFd, chunk)
    writeSync(indexFd, indexChunk)
    chunk = indexChunk = ''
  }
  bytes += writeSync(logFd, chunk)
  writeSync(indexFd, indexChunk)
  const metadata = {
    ...head,
    status: 'completed',
    event_count: events,
    phase_counts: {},
    level_counts: {},
    dropped: 0,
    redacted: {},
  } as const
  bytes += writeSync(logFd, closingLine(metadata))
  closeSync(logFd)
  closeSync(indexFd)
  return { log, index, bytes, errors }
}
