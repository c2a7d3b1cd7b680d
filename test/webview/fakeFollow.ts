/** Followed files as the host would tell them: line `i` is always the same, its event's seq is an offset, not its position. */
import type { Level } from '../../src/shared/events/schema'
import type { FollowedFile, FollowInfo, RunInfo } from '../../src/shared/protocol/contract'
import type { FakeEvent } from './fakeRun'

/** Bytes of each line: what a seq of a text file is counted in. */
export const LINE_BYTES = 40
/** Leaves room for older lines above. */
export const SEQ_BASE = 1_000_000_000

const names = ['app.log', 'db/server.log', 'web/server.log']
const cycle: readonly { level?: Level; text: string; continued?: true }[] = [
  { level: 'info', text: 'INFO  [main] app.Server - request' },
  { level: 'debug', text: 'DEBUG [main] app.Cache - looked up' },
  { level: 'info', text: 'INFO  [worker-2] app.Server - request' },
  { level: 'warn', text: 'WARN  [worker-2] app.Pool - slow, took 912 ms, request' },
  { level: 'error', text: 'ERROR [worker-2] app.Server - timeout after 30 s, request' },
  { level: 'error', text: '    at app.Server.handle(Server.java:42)', continued: true },
  { level: 'info', text: 'INFO  [main] app.Server - health check' },
]

/** @param files how many there are; with several their lines come by turns */
export function followedLine(i: number, files: number): FakeEvent {
  const kind = cycle[((i % cycle.length) + cycle.length) % cycle.length]
  if (kind === undefined) throw new Error('the cycle is empty')
  const file = ((Math.floor(i / cycle.length) % files) + files) % files
  const { level, continued } = kind
  const text = continued === true ? kind.text : `${clock(i)} ${kind.text} ${String(i)}`
  const parts = continued === true ? undefined : /\] (?<logger>\S+) - (?<message>.*)/.exec(text)?.groups
  return {
    phase: 'log_line',
    stream: 'file',
    ...(level === undefined ? {} : { level }),
    ...(continued === undefined ? {} : { continued }),
    ...(files > 1 ? { source: file } : {}),
    text,
    ...parts,
    data: { text, stream: 'file', source: pathOf(file), ...(level === undefined ? {} : { level }) },
  }
}

/** What a panel of followed files has that a capture has not. */
export function followRun(state: RunInfo['state'], files: number): Partial<RunInfo> & Pick<RunInfo, 'kind' | 'title'> {
  return {
    kind: 'follow',
    title: names.slice(0, files).join(', '),
    capture_id: '',
    path: pathOf(0),
    cwd: '/work/logs',
    follow: followInfo(files, state),
  }
}

function followInfo(files: number, state: RunInfo['state']): FollowInfo {
  return {
    files: Array.from({ length: files }, (_, i) => fileOf(i, i === 0 ? state : 'following')),
    recording: 'waiting',
    older: [],
  }
}

function fileOf(i: number, state: RunInfo['state']): FollowedFile {
  const bytes = state === 'waiting' ? 0 : 1_234_567
  return {
    path: pathOf(i),
    name: names[i] ?? '',
    state: state === 'waiting' || state === 'gone' ? state : 'following',
    size: bytes,
    bytes,
    indexed: bytes,
    encoding: 'UTF-8',
    ...(state === 'waiting' || i === 2 ? {} : { format: i === 0 ? 'Logback' : 'JSON lines (pino)' }),
  }
}

export function pathOf(file: number): string {
  return `/work/logs/${names[file] ?? ''}`
}

function clock(i: number): string {
  return new Date(Date.UTC(2026, 10, 20, 3, 0, 0) + i * 1000).toISOString()
}
