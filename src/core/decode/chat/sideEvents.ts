/**
 * Typed side events of a stream (facts on wire formats, 1.5). What concerns a person becomes an event of its own; what only
 * serves the page is left to the recorded bodies; every other type is kept as a `browser_status` with that word and `raw`, once
 * a turn, so that a chatty type can't flood the log.
 */
import { field, listField, rawCopy, stringField, textField, type Json } from '../json'
import { chatError, type Turn } from './turn'

/** Types that say nothing to a person that is not told otherwise. The first holds a secret. */
const QUIET = new Set([
  'resume_conversation_token',
  'input_message',
  'message_marker',
  'conversation_detail_metadata',
  'conversation_async_status',
  'streaming_parent_patch',
  'perf_stats',
  'system_hint_suggestion',
  'gizmo_inline_review',
  'beacon_ui_response',
  'survey_campaign_effect',
  'instant_answer_debug',
  'ads',
  'heartbeat',
  'ping',
])

const MAX_STATUS_CHARS = 100
const MAX_RAW_CHARS = 64 * 1024

/** Takes one side event. `leg` is the carrier that brought it. */
export function sideEvent(turn: Turn, leg: { handedOff: boolean }, type: string, value: Json): void {
  turn.conversationId ??= textField(value, 'conversation_id')
  const once = (status: string, more: { detail?: string | undefined; url?: string | undefined }): void => {
    if (turn.firstTime(`${status} ${more.detail ?? ''} ${more.url ?? ''}`)) turn.status(status, more)
  }
  switch (type) {
    case 'stream_handoff':
      if (leg.handedOff) break
      turn.turnId = textField(value, 'turn_exchange_id') ?? topicTurn(value) ?? turn.turnId
      leg.handedOff = true
      turn.handedOff()
      break
    case 'message_stream_complete':
      // A stub that hands off is complete as a stream; the turn is not.
      if (!leg.handedOff) turn.complete()
      break
    case 'server_ste_metadata':
      serverMetadata(turn, value)
      break
    case 'title_generation':
      once('title', { detail: textField(value, 'title') })
      break
    case 'moderation':
      moderation(turn, field(value, 'moderation_response'))
      break
    case 'url_moderation':
      urlModeration(once, field(value, 'url_moderation_result'))
      break
    case 'toast':
      once('toast', { detail: textField(value, 'message') })
      break
    case 'safety_review_update':
      once('safety_review', { detail: textField(value, 'message') })
      break
    case 'error':
      turn.fail(streamError(value))
      break
    default:
      if (QUIET.has(type) || !turn.firstTime(`type ${type}`)) return
      unknown(turn, type, value)
  }
}

function unknown(turn: Turn, type: string, value: Json): void {
  const raw = rawCopy(value, MAX_RAW_CHARS)
  const detail = raw === undefined ? 'Too much to repeat here; the network bodies have it.' : undefined
  turn.status(type.slice(0, MAX_STATUS_CHARS), { detail, raw })
}

function topicTurn(handoff: Json): string | undefined {
  const topics = listField(handoff, 'options').map((option) => stringField(option, 'topic_id'))
  return topics.map((topic) => /^conversation-turn-(.+)$/.exec(topic ?? '')?.[1]).find((id) => id !== undefined)
}

function serverMetadata(turn: Turn, value: Json): void {
  turn.turnId ??= textField(value, 'turn_exchange_id')
  const metadata = field(value, 'metadata')
  const resolved = textField(metadata, 'resolved_model_slug')
  const model = resolved ?? textField(metadata, 'model_slug')
  if (model !== undefined) turn.onModel(model, resolved !== undefined)
}

function moderation(turn: Turn, response: unknown): void {
  if (field(response, 'blocked') === true) {
    const message = 'The chat blocked this content. Change the prompt and try again.'
    turn.fail({ code: 'moderation_blocked', message })
  } else if (field(response, 'flagged') === true && turn.firstTime('moderation_flagged')) {
    turn.status('moderation_flagged')
  }
}

function urlModeration(once: (status: string, more: { url?: string | undefined }) => void, result: unknown): void {
  if (field(result, 'is_blocked') !== true && field(result, 'is_safe') !== false) return
  once('url_blocked', { url: textField(result, 'full_url') })
}

/** An error object in a stream: `{type: "error", message}` or `{type: "error", error: {message, code}}`. */
export function streamError(value: unknown): { readonly code: string; readonly message: string } {
  const error = field(value, 'error')
  const reason =
    textField(value, 'message') ?? textField(error, 'message') ?? (typeof error === 'string' ? error : undefined)
  const code = textField(value, 'error_code') ?? textField(value, 'code') ?? textField(error, 'code') ?? 'stream_error'
  return chatError(code, reason ?? 'no reason given')
}
