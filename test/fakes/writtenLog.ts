/** Run logs with given events and times, written at once. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { openingLine } from '../../src/node/runlog/format'
import type { AnyEvent, RunKind } from '../../src/shared/events/schema'
import { testHead } from './logs'

/** Lines of a log as they would be appended to it. */
export function linesOf(events: readonly AnyEvent[]): string {
  return events.map((event) => `${event.seq === 0 ? '' : ','}${JSON.stringify(event)}\n`).join('')
}

/** @returns the path of an open log without an index */
export function writeLog(directory: string, kind: RunKind, lines: string): string {
  const head = testHead({ kind })
  const file = path.join(directory, 'runs', `${head.capture_id}.json`)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, openingLine(head))
  appendFileSync(file, lines)
  return file
}
