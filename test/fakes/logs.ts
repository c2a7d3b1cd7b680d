/** Run logs made by the real writer, for tests of what reads them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Run, type DraftRedactor } from '../../src/core/run'
import { systemClock } from '../../src/node/machine/clock'
import { newCaptureId } from '../../src/node/runlog/layout'
import { RunLogWriter, type WriterOptions } from '../../src/node/runlog/writer'
import type { EventDraft, RunHead, RunMetadata } from '../../src/shared/events/schema'

/** A folder that is gone after the test. Call inside `describe`. */
export function temporaryFolder(): { readonly path: string } {
  const folder = { path: '' }
  beforeEach(() => {
    folder.path = mkdtempSync(path.join(tmpdir(), 'tapedeck-test-'))
  })
  afterEach(() => {
    rmSync(folder.path, { recursive: true, force: true })
  })
  return folder
}

export function testHead(values: Partial<RunHead> = {}): RunHead {
  return {
    capture_id: newCaptureId(Date.now()),
    kind: 'capture',
    title: 'a test',
    started_at: new Date().toISOString(),
    pid: process.pid,
    machine: 'here',
    tool: { name: 'tapedeck', version: '0.0.0' },
    ...values,
  }
}

/** Leaves everything as it is. */
export const plainRedactor: DraftRedactor = {
  redact: (draft) => [draft],
  redactLine: (text) => text,
  isInsideKey: false,
}

export interface TestLog {
  readonly head: RunHead
  readonly writer: RunLogWriter
  readonly path: string
  emit(...drafts: EventDraft[]): Promise<void>
  finish(status?: RunMetadata['status']): Promise<void>
}

export function startLog(directory: string, options: WriterOptions = {}, head = testHead()): TestLog {
  const writer = RunLogWriter.create(directory, head, options)
  const run = new Run(head.capture_id, systemClock, plainRedactor, writer)
  return {
    head,
    writer,
    path: writer.paths.log,
    emit: async (...drafts) => {
      for (const draft of drafts) await run.emit(draft)
      await run.flush()
      await writer.flush()
    },
    finish: (status = 'completed') =>
      writer.finish((written, lost) => ({
        ...head,
        status,
        finished_at: new Date().toISOString(),
        duration_ms: 1,
        event_count: written.count,
        phase_counts: { ...written.phaseCounts },
        level_counts: { ...written.levelCounts },
        dropped: lost,
        redacted: {},
      })),
  }
}

export function logLines(count: number, from = 0): EventDraft[] {
  return Array.from({ length: count }, (_, i) => {
    const n = from + i
    const level = n % 10 === 0 ? 'error' : n % 3 === 0 ? 'warn' : undefined
    const text = `line ${String(n)} ${'é'.repeat(n % 7)} "quoted" ${'.'.repeat(n % 90)}`
    return { phase: 'log_line', data: { text, stream: 'stdout', ...(level === undefined ? {} : { level }) } }
  })
}
