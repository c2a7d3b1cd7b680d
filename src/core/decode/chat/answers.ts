/**
 * The text of answers as it grows. A message's text may come over several carriers, again from its beginning, or be rewritten;
 * one carrier leads, the others are silent until they are ahead of it.
 */
import type { EventDraft } from '../../../shared/events/schema'
import type { Change } from '../deltaV1'
import { defined, field, listField, stringField } from '../json'
import { withoutMarkers, type MarkerFilter } from '../markers'
import { isFinished, textOf, type Message } from './messageKind'

interface Answer {
  /** The raw text so far, markers included. */
  text: string
  filter: MarkerFilter
  /** The carrier whose text this is. */
  lead: object | undefined
}

/** The answers of a run, by message id. */
export class Answers {
  private readonly answers = new Map<string, Answer>()

  constructor(private readonly emit: (draft: EventDraft) => void) {}

  /**
   * Tells what is new in an answer.
   * @param carrier who tells it; an object for each decoder state
   * @param changes what happened to the message, paths relative to it; undefined where it was told as a whole
   */
  update(id: string, message: Message, carrier: object, changes: readonly Change[] | undefined): void {
    const answer = this.answers.get(id) ?? { text: '', ...fresh(), lead: undefined }
    this.answers.set(id, answer)
    const text = textOf(message)
    if (answer.lead === carrier && changes !== undefined) {
      const piece = appendedPiece(message, changes)
      if (piece !== undefined && answer.text.length + piece.length === text.length)
        this.grow(id, answer, message, text, piece)
      else this.replace(id, answer, message, text)
    } else if (text.length >= answer.text.length || (text !== '' && isFinished(message))) {
      answer.lead = carrier
      this.replace(id, answer, message, text)
    } else if (answer.lead === carrier) {
      // Told again from an earlier point: nothing is taken back, and its next pieces are old.
      answer.lead = undefined
    }
    if (isFinished(message)) this.delta(id, message, answer.filter.end(), false)
  }

  /** Forgets what only the growth of the text needs: the oldest answers of very long runs. */
  forget(id: string): void {
    this.answers.delete(id)
  }

  private grow(id: string, answer: Answer, message: Message, text: string, piece: string): void {
    answer.text = text
    if (piece !== '') this.delta(id, message, answer.filter.push(piece), false)
  }

  private replace(id: string, answer: Answer, message: Message, text: string): void {
    if (text.startsWith(answer.text)) {
      this.grow(id, answer, message, text, text.slice(answer.text.length))
      return
    }
    const before = withoutMarkers(answer.text).clean
    const { clean, filter } = withoutMarkers(text)
    answer.text = text
    answer.filter = filter
    if (clean.startsWith(before)) this.delta(id, message, clean.slice(before.length), false)
    else this.delta(id, message, clean, true)
  }

  private delta(message_id: string, message: Message, text: string, rewrite: boolean): void {
    if (text === '' && !rewrite) return
    const optional = { rewrite: rewrite ? true : undefined, channel: stringField(message, 'channel') }
    this.emit({ phase: 'assistant_delta', data: { text, message_id, ...defined(optional) } })
  }
}

function fresh(): { readonly filter: MarkerFilter } {
  return { filter: withoutMarkers('').filter }
}

/** The text that these changes put at the end of the message's; undefined where they did something else to its content. */
function appendedPiece(message: Message, changes: readonly Change[]): string | undefined {
  const last = listField(field(message, 'content'), 'parts').length - 1
  let piece = ''
  for (const { path, op, value } of changes) {
    if (path.length === 0) return undefined
    if (path[0] !== 'content') continue
    const isLastPart = path.length === 3 && path[1] === 'parts' && path[2] === last
    if (!isLastPart || op !== 'append' || typeof value !== 'string') return undefined
    piece += value
  }
  return piece
}
