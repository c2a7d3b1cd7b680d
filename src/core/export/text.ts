/** A run as plain text: the lines as a terminal without colours would show them, the messages of a session, the answers of a capture. */
import type { AnyEvent, RunHead } from '../../shared/events/schema'
import { stripAnsi } from '../../shared/lib/ansi'
import { createCaptureReducer, relevantPhases } from '../reduce/capture'

const PIECE_CHARS = 64 * 1024

/** In pieces, each of whole lines. What was typed into a command is left out. */
export async function* toText({ kind }: RunHead, events: AsyncIterable<AnyEvent>): AsyncGenerator<string> {
  const reducer = kind === 'capture' ? createCaptureReducer() : undefined
  let piece = ''
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
