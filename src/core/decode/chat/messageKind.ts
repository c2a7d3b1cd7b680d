/** What a message of a chat is for: text for the reader, a call of a tool, its result, or none of these (facts 1.7). */
import { field, listField, stringField, type Json } from '../json'

/** The fields that the decoders look at; what a message has more is not their business. */
export type Message = Json

/** `assistant`, `user`, `tool`, `system`; undefined where the message does not say. */
export function roleOf(message: Message): string | undefined {
  return stringField(field(message, 'author'), 'role')
}

/** Whether an assistant's message goes to a tool: its `recipient` is not the reader. */
export function isToolCall(message: Message): boolean {
  const recipient = stringField(message, 'recipient')
  return roleOf(message) === 'assistant' && recipient !== undefined && recipient !== 'all'
}

/** Whether a message is whole: it says so itself. */
export function isFinished(message: Message): boolean {
  const status = stringField(message, 'status')
  return status === 'finished_successfully' || status === 'finished_partial_completion'
}

/** The proof that a turn is complete: its final answer is finished and ends it. */
export function endsTurn(message: Message): boolean {
  const isWhole = stringField(message, 'status') === 'finished_successfully' && field(message, 'end_turn') === true
  return isWhole && isAnswer(message)
}

/** Text for the reader: an assistant's, to all, in the final channel (or none), and not hidden. */
export function isAnswer(message: Message): boolean {
  if (roleOf(message) !== 'assistant' || isToolCall(message)) return false
  const channel = field(message, 'channel')
  if (channel !== 'final' && channel !== null && channel !== undefined) return false
  const type = stringField(field(message, 'content'), 'content_type')
  if (type !== 'text' && type !== 'multimodal_text') return false
  const metadata = field(message, 'metadata')
  return (
    field(metadata, 'is_visually_hidden_from_conversation') !== true &&
    field(metadata, 'is_thinking_preamble_message') !== true
  )
}

/** A message's text: its parts that are text, or its `text` (code and output), or what browsing shows. */
export function textOf(message: Message): string {
  const content = field(message, 'content')
  const parts = listField(content, 'parts')
  // One part is the rule, and joining a long text for each of its pieces would copy it each time.
  if (parts.length === 1 && typeof parts[0] === 'string') return parts[0]
  if (parts.length > 0) return parts.filter((part) => typeof part === 'string').join('')
  return stringField(content, 'text') ?? stringField(content, 'result') ?? stringField(content, 'output_str') ?? ''
}
