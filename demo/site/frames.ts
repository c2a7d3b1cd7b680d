/** Writes the site's SSE events: delta encoding v1 with its shorthands, typed side events and messages. */
import { newId, type TurnRequest } from './plan'

/** The operations of delta encoding v1 that the scenarios use. */
export type DeltaOp = 'add' | 'append' | 'patch' | 'remove' | 'replace' | 'truncate'

/** One operation inside a patch; it always names its own path and operation. */
export interface PatchItem {
  readonly p: string
  readonly o: DeltaOp
  readonly v?: unknown
}

export const ENCODING_EVENT = 'event: delta_encoding\ndata: "v1"\n\n'
export const DONE_EVENT = 'data: [DONE]\n\n'
export const PING_EVENT = ': ping\n\n'

/** An unnamed event with a JSON object. */
export function typed(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`
}

/**
 * Writes deltas and leaves out what a reader inherits from the delta before: channel, path and operation, never the value.
 * One writer for one decoder state; its events must be sent in the order in which they were made.
 */
export class DeltaWriter {
  private channel = 0
  private path = ''
  private op: DeltaOp = 'add'
  private first = true

  /** One delta event. Without a channel it goes to the current one. */
  delta(op: DeltaOp, path: string, value: unknown, channel = this.channel): string {
    const frame: Record<string, unknown> = {}
    if (this.first || path !== this.path) frame['p'] = path
    if (this.first || op !== this.op) frame['o'] = op
    if (op !== 'remove') frame['v'] = value
    if (this.first || channel !== this.channel) frame['c'] = channel
    this.first = false
    this.channel = channel
    this.path = path
    this.op = op
    return `event: delta\ndata: ${JSON.stringify(frame)}\n\n`
  }

  patch(items: readonly PatchItem[]): string {
    return this.delta('patch', '', items)
  }

  append(path: string, value: unknown): string {
    return this.delta('append', path, value)
  }

  /** A new message in a channel of its own. */
  message(channel: number, message: unknown, conversationId: string): string {
    return this.delta('add', '', { message, conversation_id: conversationId, error: null }, channel)
  }
}

/** What differs from message to message; everything else has the usual values. */
export interface MessageFields {
  readonly id: string
  readonly role: 'assistant' | 'tool' | 'user'
  readonly name?: string
  readonly content: Readonly<Record<string, unknown>>
  readonly status?: 'finished_successfully' | 'in_progress'
  readonly endTurn?: boolean
  readonly recipient?: string
  readonly channel?: 'commentary' | 'final' | null
  readonly metadata?: Readonly<Record<string, unknown>>
}

/** The model that the site claims to have. */
export const MODEL = 'demo-5-6'

/** A message object with the fields that the chat page reads. */
export function message(request: TurnRequest, fields: MessageFields): Record<string, unknown> {
  return {
    id: fields.id,
    author: {
      role: fields.role,
      name: fields.name ?? null,
      metadata: fields.role === 'tool' ? { real_author: 'tool:web' } : {},
    },
    create_time: Date.now() / 1000,
    update_time: null,
    content: fields.content,
    status: fields.status ?? 'in_progress',
    end_turn: fields.endTurn ?? null,
    weight: 1,
    metadata: {
      model_slug: MODEL,
      message_type: 'next',
      request_id: newId(),
      turn_exchange_id: request.turnId,
      ...fields.metadata,
    },
    recipient: fields.recipient ?? 'all',
    channel: fields.channel === undefined ? 'final' : fields.channel,
  }
}

/** The empty text of a message that is about to grow. */
export const EMPTY_TEXT = { content_type: 'text', parts: [''] } as const

/** The events that open each turn: the encoding, the token for a resume and the echo of the prompt. */
export function opening(request: TurnRequest): string[] {
  const conversation_id = request.conversationId
  return [
    ENCODING_EVENT,
    typed({ type: 'resume_conversation_token', kind: 'topic', conversation_id, token: request.conduitToken }),
    typed({
      type: 'input_message',
      conversation_id,
      input_message: message(request, {
        id: newId(),
        role: 'user',
        content: { content_type: 'text', parts: [request.prompt] },
        status: 'finished_successfully',
        channel: null,
      }),
    }),
  ]
}

/** The patch that finishes an answer; with it the turn is proved complete. */
export function finishedAnswer(): PatchItem[] {
  return [
    { p: '/message/status', o: 'replace', v: 'finished_successfully' },
    { p: '/message/end_turn', o: 'replace', v: true },
    {
      p: '/message/metadata',
      o: 'append',
      v: { is_complete: true, finish_details: { type: 'stop', stop_tokens: [200002] } },
    },
  ]
}

/** The events after the finished answer: summary of the turn, end of its stream. `[DONE]` is not among them. */
export function closing(request: TurnRequest, tool: string | null = null): string[] {
  const conversation_id = request.conversationId
  return [
    typed({
      type: 'server_ste_metadata',
      conversation_id,
      turn_exchange_id: request.turnId,
      metadata: {
        model_slug: MODEL,
        tool_invoked: tool !== null,
        tool_name: tool,
        turn_use_case: tool === null ? 'text' : 'search',
        is_first_turn: true,
        plan_type: 'free',
      },
    }),
    typed({ type: 'message_stream_complete', conversation_id }),
    typed({
      type: 'conversation_detail_metadata',
      conversation_id,
      banner_info: null,
      limits_progress: [{ feature_name: 'deep_research', remaining: 5 }],
    }),
  ]
}
