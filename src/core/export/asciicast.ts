/**
 * asciicast v3 of a launch: what was printed, at its times, for terminal players. Standard error is printed like standard output,
 * since a terminal knows one stream; a line that was still being written is shown as it was and then overwritten.
 * Source: https://docs.asciinema.org/manual/asciicast/v3/
 */
import type { AnyEvent, RunHead } from '../../shared/events/schema'
import { commandLine } from '../../shared/lib/commandLine'

/** A recorded line has no size of a terminal; this is what a command in a pseudo-terminal gets. */
const TERM = { cols: 120, rows: 30 }
/** Back to the first column, and nothing right of it. */
const CLEAR = '\r\u001b[K'
/** Of those that end programs; 128 and the number is what a shell tells. */
const signals: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
}

export async function* toAsciicast(head: RunHead, events: AsyncIterable<AnyEvent>): AsyncGenerator<string> {
  const { command, args = [], title, started_at } = head
  const startedMs = Date.parse(started_at)
  const header = {
    version: 3,
    term: TERM,
    timestamp: Math.floor(startedMs / 1000),
    title,
    ...(command === undefined ? {} : { command: commandLine(command, args) }),
  }
  yield `${JSON.stringify(header)}\n`
  // Whole milliseconds, so that no rounding adds up over a million events.
  let last = startedMs
  let isOpen = false
  const line = ({ timestamp }: AnyEvent, code: string, data: string): string => {
    const time = Date.parse(timestamp)
    // One without a time comes right behind the one before.
    const interval = time > last ? (time - last) / 1000 : 0
    if (time > last) last = time
    return `[${interval.toFixed(3)}, "${code}", ${JSON.stringify(data)}]\n`
  }
  for await (const event of events) {
    const { phase, data } = event
    const text = typeof data['text'] === 'string' ? data['text'] : ''
    if (phase === 'log_line' && data['stream'] === 'stdin') yield line(event, 'i', `${text}\n`)
    else if (phase === 'log_line') {
      const end = data['unterminated'] === true ? '' : '\r\n'
      yield line(event, 'o', `${isOpen ? CLEAR : ''}${text}${end}`)
      isOpen = false
    } else if (phase === 'line_update') {
      yield line(event, 'o', `${isOpen ? CLEAR : ''}${text}`)
      isOpen = text !== ''
    } else if (phase === 'marker' && typeof data['name'] === 'string') yield line(event, 'm', data['name'])
    else if (phase === 'process' && data['state'] === 'exited') {
      const { exit_code, signal } = data
      const status = typeof signal === 'string' ? 128 + (signals[signal] ?? 0) : exit_code
      if (typeof status === 'number') yield line(event, 'x', String(status))
    }
  }
}
