/** A run as plain text: the lines as a terminal without colours would show them, the messages of a session, the answers of a capture. */
import type { AnyEvent, RunHead } from '../../shared/events/schema'
import { stripAnsi } from '../../shared/lib/ansi'
import { markerLines, ReportMarkers, type AboutRun } from './report'
import { createCaptureReducer, relevantPhases } from '../reduce/capture'

const PIECE_CHARS = 64 * 1024

/**
 * In pieces, each of whole lines. What was typed into a command is left out.
 * @param notes what a person said of the run stands above, where there is something: else it is the bare output
 */
export async function* toText(
  head: RunHead,
  events: AsyncIterable<AnyEvent>,
  { notes }: AboutRun = {},
): AsyncGenerator<string> {
  const { kind } = head
  const reducer = kind === 'capture' ? createCaptureReducer() : undefined
  let piece = notedHead(head, notes)
  for await (const event of events) {
    const { phase, data } = event
    const { text, stream, role } = data
    if (reducer !== undefined && relevantPhases.has(phase)) reducer.add(event)
    if (typeof text !== 'string') continue
    if (phase === 'message') piece += `${typeof role === 'string' ? `${role}: ` : ''}${stripAnsi(text)}\n`
    else if (phase === 'log_line' && stream !== 'stdin') piece += `${stripAnsi(text)}\n`
    if (piece.length < PIECE_CHARS) continue
    yield piece
    piece = ''
  }
  if (reducer !== undefined)
    piece += reducer
      .summary()
      .answers.map(({ message_id }) => `${reducer.answer(message_id)}\n`)
      .join('\n')
  if (piece !== '') yield piece
}

function notedHead(head: RunHead, notes: AboutRun['notes']): string {
  const { title, tags = [], markers = [] } = notes ?? {}
  if (title === undefined && tags.length === 0 && markers.length === 0) return ''
  const lines = [
    `title    ${title ?? head.title}`,
    `started  ${head.started_at}`,
    ...(tags.length === 0 ? [] : [`tags     ${tags.map((tag) => `#${tag}`).join(' ')}`]),
    ...markerLines(new ReportMarkers({ notes: { markers } }).list).map((line) => `marker   ${line}`),
  ]
  return `${lines.map((line) => line.replace(/[\r\n]+/g, ' ')).join('\n')}\n\n`
}
