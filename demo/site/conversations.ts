/** The turns of the site: starts them, resumes them, stops them, and lets the socket carry them on. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answer, answerJson, jsonFields, openStream, readBody } from './http'
import { fakeToken } from './identity'
import { isAbort, type Pace, type WriteRecord } from './pacing'
import { isRefusal, newId, stepsFrom, type Leg, type Plan, type Step } from './plan'
import { turnTopic } from './scenarios/carriers'
import { SCENARIOS, scenarioName } from './scenarios/list'
import { StreamSender } from './sender'
import type { TopicHub } from './topics'

/** So many conversations can be resumed; the oldest goes first. */
const TURNS_KEPT = 50

interface Turn {
  readonly id: string
  readonly conversationId: string
  readonly conduitToken: string
  readonly plan: Plan
  /** Fires when the person stops the turn. */
  readonly stopped: AbortController
  topicStarted: boolean
}

/** The prompt in a request's messages. */
function promptOf(fields: Readonly<Record<string, unknown>>): string {
  const messages: unknown = fields['messages']
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined
  const content = typeof last === 'object' && last !== null && 'content' in last ? last.content : undefined
  const parts = typeof content === 'object' && content !== null && 'parts' in content ? content.parts : undefined
  const part: unknown = Array.isArray(parts) ? parts[0] : undefined
  return typeof part === 'string' ? part : ''
}

/** The options that a page sends along: in the header `x-demo-options`, or in the address where there is no page. */
export function demoOptions(request: IncomingMessage): URLSearchParams {
  const header = request.headers['x-demo-options']
  const query = (request.url ?? '').split('?')[1] ?? ''
  return new URLSearchParams(typeof header === 'string' ? header : query)
}

/** The conversations of one site. */
export class Conversations {
  private readonly turns = new Map<string, Turn>()
  /** The work that is under way; `close` waits for it. */
  private readonly running = new Set<Promise<void>>()
  private readonly closing = new AbortController()

  constructor(
    private readonly pace: Pace,
    private readonly record: WriteRecord,
    private readonly hub: TopicHub,
    private readonly fallbackScenario: string,
  ) {}

  /** POST /f/conversation: a new turn. */
  async start(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request)
    if (body === undefined) {
      answerJson(response, 413, { detail: 'The message is too long.' })
      return
    }
    const fields = jsonFields(body)
    if (!Array.isArray(fields['messages'])) {
      answerJson(response, 422, { detail: 'The request has no messages.' })
      return
    }
    const options = demoOptions(request)
    const entry = SCENARIOS[scenarioName(options.get('scenario'), this.fallbackScenario)]
    if (entry === undefined) throw new RangeError(`no scenario ${this.fallbackScenario}`)
    const given = fields['conversation_id']
    const ids = {
      conversationId: typeof given === 'string' ? given.slice(0, 100) : newId(),
      turnId: newId(),
      conduitToken: fakeToken('eyJhbGciOiJFUzI1NiJ9.demo.'),
    }
    const plan = entry.answer({ prompt: promptOf(fields), options, ...ids })
    const turn: Turn = {
      id: ids.turnId,
      conversationId: ids.conversationId,
      conduitToken: ids.conduitToken,
      plan,
      stopped: new AbortController(),
      topicStarted: false,
    }
    this.turns.delete(turn.conversationId)
    this.turns.set(turn.conversationId, turn)
    if (this.turns.size > TURNS_KEPT) {
      const [oldest = ''] = this.turns.keys()
      this.turns.delete(oldest)
    }
    if (isRefusal(plan.post)) answer(response, plan.post.status, 'application/json', plan.post.body, plan.post.headers)
    else await this.stream(response, turn, plan.post, plan.post.steps())
  }

  /** POST /f/conversation/resume: what comes after the offset, in counted events. */
  async resume(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fields = jsonFields((await readBody(request)) ?? '')
    const id = fields['conversation_id']
    const offset = typeof fields['offset'] === 'number' ? fields['offset'] : 0
    const turn = typeof id === 'string' ? this.turns.get(id) : undefined
    const leg = turn?.plan.resume
    if (turn === undefined || leg === undefined) {
      answerJson(response, 404, { detail: { message: 'There is no turn to resume.', code: 'conduit_miss' } })
    } else if (isRefusal(leg)) {
      answer(response, leg.status, 'application/json', leg.body, leg.headers)
    } else if (offset > 0 && request.headers['x-conduit-token'] !== turn.conduitToken) {
      const message = 'Without its token a turn can only be read from the start.'
      answerJson(response, 404, { detail: { message, code: 'tokenless_resume_unavailable' } })
    } else {
      await this.stream(response, turn, leg, stepsFrom(leg.steps(), offset))
    }
  }

  /** POST /stop_conversation: ends every carrier of the turn, without the usual tail. */
  async stop(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = jsonFields((await readBody(request)) ?? '')['conversation_id']
    const turn = typeof id === 'string' ? this.turns.get(id) : undefined
    turn?.stopped.abort()
    answerJson(response, 200, { status: 'ok', last_message_id: null })
  }

  /** GET /conversation/{id}/stream_status */
  status(conversationId: string, response: ServerResponse): void {
    const known = this.turns.has(conversationId)
    answerJson(response, known ? 200 : 404, known ? { status: 'IS_STREAMING' } : { detail: 'Conversation not found.' })
  }

  /** Ends every stream and waits until none is left. */
  async close(): Promise<void> {
    this.closing.abort()
    await Promise.allSettled(this.running)
    this.turns.clear()
  }

  private async stream(response: ServerResponse, turn: Turn, leg: Leg, steps: Iterable<Step>): Promise<void> {
    openStream(response, { 'x-oai-request-id': newId(), 'x-conduit-token': turn.conduitToken, 'cf-ray': 'demo-0' })
    const gone = new AbortController()
    const onClose = (): void => {
      gone.abort()
    }
    response.once('close', onClose)
    const work = this.withSignal(turn, gone, async (signal) => {
      try {
        await new StreamSender(response, this.pace, this.record, signal).send(steps, leg.end)
        if (leg.startsTopic === true) this.startTopic(turn)
      } catch (error) {
        if (!isAbort(error)) throw error
        response.end()
      }
    })
    await this.tracked(work)
  }

  private startTopic(turn: Turn): void {
    const { topic } = turn.plan
    if (topic === undefined || turn.topicStarted) return
    turn.topicStarted = true
    const ids = { conversation: turn.conversationId, turn: turn.id }
    const work = this.withSignal(turn, new AbortController(), (signal) =>
      this.hub.publish(turnTopic(turn.id), topic, ids, signal),
    )
    void this.tracked(work)
  }

  /** Runs something with a signal that fires when its reader leaves, the turn is stopped or the site closes. */
  private async withSignal(
    turn: Turn,
    own: AbortController,
    run: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const end = (): void => {
      own.abort()
    }
    const signals = [turn.stopped.signal, this.closing.signal]
    for (const signal of signals) signal.addEventListener('abort', end)
    if (signals.some((signal) => signal.aborted)) end()
    try {
      await run(own.signal)
    } finally {
      for (const signal of signals) signal.removeEventListener('abort', end)
    }
  }

  private async tracked(work: Promise<void>): Promise<void> {
    this.running.add(work)
    try {
      await work
    } finally {
      this.running.delete(work)
    }
  }
}
