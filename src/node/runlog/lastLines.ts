/** The end of an open log, whose events give way to the closing line on a full disk. */
import { open } from 'node:fs/promises'
import { NEWLINE, stampOf } from './eventLine'
import { readAt } from './reader'

export interface LastLine {
  readonly key: string
  readonly bytes: number
}

/** How far back events may give way to the closing line, which has at most 16 kB. */
const TAIL_BYTES = 256 * 1024

/** The last whole event lines between two offsets of a log, oldest first. */
export async function lastLines(path: string, eventsOffset: number, size: number): Promise<LastLine[]> {
  const from = Math.max(eventsOffset, size - TAIL_BYTES)
  const file = await open(path, 'r')
  try {
    const bytes = await readAt(file, from, size - from)
    const lines: LastLine[] = []
    // The first line may be cut, unless it is the run's first.
    let start = from === eventsOffset ? 0 : bytes.indexOf(NEWLINE) + 1
    for (let end = bytes.indexOf(NEWLINE, start); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      lines.push({ key: stampOf(bytes, start, end).key, bytes: end + 1 - start })
      start = end + 1
    }
    return lines
  } finally {
    await file.close()
  }
}
