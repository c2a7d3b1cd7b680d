/** Turns that change their carrier: hand-off to a resume or to the socket, cuts that a resume mends, and all of them in one. */
import { answerSteps } from '../answer'
import {
  closing,
  DeltaWriter,
  DONE_EVENT,
  EMPTY_TEXT,
  ENCODING_EVENT,
  finishedAnswer,
  message,
  opening,
  typed,
} from '../frames'
import { newId, refusal, type Leg, type Scenario, type Step, type TurnRequest } from '../plan'
import { topicFor } from '../prose'
import { doneLeg, searchingTurn, segmentsFor } from './searching'

/** The topic of a turn on the socket. */
export function turnTopic(turnId: string): string {
  return `conversation-turn-${turnId}`
}

type HandoffOption = 'resume_sse_endpoint' | 'subscribe_ws_topic'

function handoff(request: TurnRequest, options: readonly HandoffOption[]): string {
  return typed({
    type: 'stream_handoff',
    conversation_id: request.conversationId,
    turn_exchange_id: request.turnId,
    options: options.map((type) => ({ type, topic_id: turnTopic(request.turnId) })),
  })
}

/** The short response that only says where the answer goes on. */
function stub(request: TurnRequest, options: readonly HandoffOption[]): Leg {
  const steps = [
    { text: ENCODING_EVENT, pauseMs: 15 },
    {
      text: typed({
        type: 'resume_conversation_token',
        kind: 'topic',
        conversation_id: request.conversationId,
        token: request.conduitToken,
      }),
      pauseMs: 15,
    },
    { text: handoff(request, options), pauseMs: 60 },
    { text: DONE_EVENT, pauseMs: 5 },
  ]
  return { steps: () => steps, end: 'close' }
}

/** Thoughts (one of them sent again with an empty text), the recap, then the answer without a search. */
function thinkingTurn(request: TurnRequest): Step[] {
  const topic = topicFor(request.prompt)
  const writer = new DeltaWriter()
  const thoughtsId = newId()
  const thoughts = message(request, {
    id: thoughtsId,
    role: 'assistant',
    content: { content_type: 'thoughts', thoughts: [], source_analysis_msg_id: newId() },
    channel: null,
    metadata: { reasoning_status: 'is_reasoning', thinking_effort: 'standard' },
  })
  const steps: Step[] = [
    ...opening(request).map((text) => ({ text, pauseMs: 15 })),
    { text: writer.message(1, thoughts, request.conversationId), pauseMs: 80 },
  ]
  for (const [index, thought] of topic.thoughts.entries()) {
    const middle = Math.floor(thought.content.length / 2)
    const path = `/message/content/thoughts/${String(index)}/content`
    steps.push(
      {
        text: writer.append('/message/content/thoughts', [
          { summary: thought.summary, content: '', chunks: [], finished: false },
        ]),
        pauseMs: 140,
      },
      { text: writer.append(path, thought.content.slice(0, middle)), pauseMs: 120 },
      { text: writer.append(path, thought.content.slice(middle)), pauseMs: 120, cut: true },
      { text: writer.delta('replace', `/message/content/thoughts/${String(index)}/finished`, true), pauseMs: 60 },
    )
  }
  const recap = message(request, {
    id: newId(),
    role: 'assistant',
    content: { content_type: 'reasoning_recap', content: 'Thought for 3s' },
    status: 'finished_successfully',
    endTurn: false,
    channel: null,
    metadata: { parent_id: thoughtsId, reasoning_status: 'reasoning_ended', finished_duration_sec: 3 },
  })
  const answerId = newId()
  const answer = message(request, {
    id: answerId,
    role: 'assistant',
    content: EMPTY_TEXT,
    metadata: { resolved_model_slug: 'demo-5-6-thinking', content_references: [] },
  })
  const segments = segmentsFor(request).filter((segment) => typeof segment === 'string')
  return [
    ...steps,
    {
      text: writer.patch([{ p: '/message/status', o: 'replace', v: 'finished_successfully' }]),
      pauseMs: 60,
    },
    { text: writer.message(2, recap, request.conversationId), pauseMs: 60 },
    { text: writer.message(5, answer, request.conversationId), pauseMs: 100 },
    {
      text: typed({
        type: 'message_marker',
        conversation_id: request.conversationId,
        message_id: answerId,
        marker: 'final_channel_token',
        event: 'first',
      }),
      pauseMs: 5,
    },
    {
      text: typed({ type: 'title_generation', conversation_id: request.conversationId, title: topic.title }),
      pauseMs: 10,
    },
    ...answerSteps(writer, topic, segments, 24),
    { text: writer.patch(finishedAnswer()), pauseMs: 30 },
    ...closing(request).map((text) => ({ text, pauseMs: 10 })),
  ]
}

/** A stub, then the thinking answer over a resume with offset 0. */
export const thinking: Scenario = (request) => ({
  post: stub(request, ['resume_sse_endpoint']),
  resume: doneLeg(thinkingTurn(request)),
})

/** A stub, then the searching answer over the socket; the first items are caught up on. */
export const websocket: Scenario = (request) => {
  const turn = searchingTurn(request)
  return {
    post: { ...stub(request, ['resume_sse_endpoint', 'subscribe_ws_topic']), startsTopic: true },
    resume: doneLeg(turn),
    topic: { steps: () => turn, publishedBefore: 5 },
  }
}

/** The first `count` steps and half of the next one, then the connection breaks. */
function cutAfter(steps: readonly Step[], count: number): Leg {
  const next = steps[count]
  const half = next === undefined ? [] : [{ text: next.text.slice(0, next.text.length / 2), pauseMs: next.pauseMs }]
  const sent = [...steps.slice(0, count), ...half]
  return { steps: () => sent, end: 'cut' }
}

/** Inline, cut, resumed where it was cut, then handed off to the socket, which replays everything before it goes on. */
export const allcarriers: Scenario = (request) => {
  const turn = searchingTurn(request)
  const handedOffAt = Math.floor(turn.length * 0.7)
  const inline = [
    ...turn.slice(0, handedOffAt),
    { text: handoff(request, ['subscribe_ws_topic']), pauseMs: 60 },
    { text: DONE_EVENT, pauseMs: 5 },
  ]
  return {
    post: cutAfter(inline, Math.floor(turn.length * 0.4)),
    resume: { steps: () => inline, end: 'close', startsTopic: true },
    topic: { steps: () => turn, publishedBefore: handedOffAt },
  }
}

/** Cut in the middle of the answer; a resume continues. */
export const cut: Scenario = (request) => {
  const turn = searchingTurn(request)
  return { post: cutAfter(turn, Math.floor(turn.length * 0.6)), resume: doneLeg(turn) }
}

/** Cut in the middle of the answer; a resume is refused, so the turn never completes. */
export const cutforever: Scenario = (request) => {
  const turn = searchingTurn(request)
  return {
    post: cutAfter(turn, Math.floor(turn.length * 0.6)),
    resume: refusal(404, { detail: { message: 'No running turn was found for this token.', code: 'conduit_miss' } }),
  }
}
