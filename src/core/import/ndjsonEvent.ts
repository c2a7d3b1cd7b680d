/** Lines of NDJSON that are events of ours, as an export writes them. */
import { isObject, parseJson } from '../decode/json'
import { parseEventLine } from '../eventLine'
import type { AnyEvent, RunKind } from '../../shared/events/schema'

/** A line that is an event, or undefined. */
export function eventOfLine(line: string): AnyEvent | undefined {
  const event = parseEventLine(line)
  return event === undefined || Number.isNaN(Date.parse(event.timestamp)) ? undefined : event
}

export function isJsonObject(line: string): boolean {
  return isObject(parseJson(line))
}

/** A phase that may stand in a log as it is; what a stranger called otherwise is kept in `raw`. */
export function isPlainPhase(phase: string): boolean {
  return /^[\w.:-]{1,60}$/.test(phase) && phase !== '__proto__'
}

const kinds: Readonly<Record<string, RunKind>> = {
  browser_status: 'capture',
  search_query: 'capture',
  search_result: 'capture',
  assistant_delta: 'capture',
  network: 'capture',
  network_body: 'capture',
  process: 'launch',
  file: 'follow',
  connection: 'stream',
  message: 'session',
  iteration: 'session',
  phase_change: 'session',
  usage: 'session',
}

/** What the run was that an event comes from, as far as it tells. */
export function kindOfEvent({ phase, data }: AnyEvent): RunKind {
  if (phase === 'log_line')
    return data['stream'] === 'file' ? 'follow' : data['stream'] === 'remote' ? 'stream' : 'launch'
  return Object.hasOwn(kinds, phase) ? (kinds[phase] ?? 'ingest') : 'ingest'
}
