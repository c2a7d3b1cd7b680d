/** Turns that go wrong: limits, errors in the stream, blocked content, and a page that sends nonsense. */
import { answerSteps } from '../answer'
import { closing, DeltaWriter, EMPTY_TEXT, finishedAnswer, message, opening, typed } from '../frames'
import { newId, refusal, type Scenario, type Step, type TurnRequest } from '../plan'
import { topicFor } from '../prose'
import { doneLeg, search, segmentsFor } from './searching'

/** The opening of a plain answer and its first deltas, in channel 1. */
function begun(request: TurnRequest, writer: DeltaWriter, id: string): Step[] {
  const answer = message(request, { id, role: 'assistant', content: EMPTY_TEXT, metadata: { content_references: [] } })
  const segments = segmentsFor(request).filter((segment) => typeof segment === 'string')
  return [
    ...opening(request).map((text) => ({ text, pauseMs: 15 })),
    { text: writer.message(1, answer, request.conversationId), pauseMs: 80 },
    ...answerSteps(writer, topicFor(request.prompt), segments.slice(0, 2), 24),
  ]
}

/** Too many requests: JSON, with the seconds to wait in body and header. */
export const ratelimit: Scenario = () => ({
  post: refusal(
    429,
    { detail: { message: 'You have sent too many messages. Try again in an hour.', clears_in: 3600 } },
    { 'retry-after': '3600' },
  ),
})

/** Some text, then an error object in the stream. */
export const streamerror: Scenario = (request) => {
  const error = typed({
    message: null,
    conversation_id: request.conversationId,
    error: 'Something went wrong while the answer was written.',
    error_code: 'demo_generation_failed',
  })
  const steps = [...begun(request, new DeltaWriter(), newId()), { text: error, pauseMs: 80 }]
  return { post: doneLeg(steps) }
}

/** Some text, then a verdict that blocks it. */
export const moderation: Scenario = (request) => {
  const id = newId()
  const conversation_id = request.conversationId
  const verdict = typed({
    type: 'moderation',
    conversation_id,
    message_id: id,
    is_completion: true,
    moderation_response: {
      flagged: true,
      blocked: true,
      should_disable_conversation: false,
      disclaimers: [],
      metadata: { protection_type: 'demo', safety_limited: false },
    },
  })
  return {
    post: doneLeg([
      ...begun(request, new DeltaWriter(), id),
      { text: verdict, pauseMs: 80 },
      { text: typed({ type: 'message_stream_complete', conversation_id }), pauseMs: 10 },
    ]),
  }
}

const NESTING = 2000

/** What a broken or hostile server may send. None of it may stop a reader. */
function nonsense(conversationId: string): string[] {
  const delta = (frame: unknown): string => `event: delta\ndata: ${JSON.stringify(frame)}\n\n`
  return [
    'event: delta\ndata: {"p":"/message/content/parts/0","o":"append","v":"never closed\n\n',
    'data: Internal Server Error\n\n',
    'data: {"type":\n\n',
    'event: \u{202E}delta\ndata: 1\n\n',
    'event: unknown_event\ndata: {"hello":"there"}\n\n',
    'data:\n\n',
    ': only a comment\n\n',
    'id: 17\nretry: 1\nunknown-field: x\n\n',
    typed({ type: 'brand_new_type', conversation_id: conversationId, payload: { a: [1, 2, 3] } }),
    typed({ type: 42 }),
    typed([]),
    typed(null),
    delta({ p: '/message/content/parts/0', o: 'explode', v: 'x' }),
    delta({ p: '/message/nowhere/7/deep', o: 'remove' }),
    delta({ p: '/__proto__/polluted', o: 'add', v: 'yes' }),
    delta({ p: '/constructor/prototype/polluted', o: 'replace', v: 'yes' }),
    'event: delta\ndata: {"p":"/message/metadata","o":"append","v":{"__proto__":{"polluted":"yes"}}}\n\n',
    delta({ p: '/message/metadata/content_references', o: 'truncate', v: -1 }),
    delta({ p: 5, o: {}, v: [], c: 'x' }),
    `data: {"type":"deep","v":${'['.repeat(NESTING)}${']'.repeat(NESTING)}}\n\n`,
    typed({
      type: 'title_generation',
      conversation_id: conversationId,
      title: '<script>document.title="owned"</script>',
    }),
  ]
}

/** Sources whose address or title is an attack on whoever draws them. */
function hostileGroups(): unknown[] {
  const entry = (url: string, title: string, index: number): Record<string, unknown> => ({
    type: 'search_result',
    url,
    title,
    snippet: '<img src=x onerror="document.title=1">',
    pub_date: index % 2 === 0 ? 'yesterday' : -1e300,
    attribution: '<b>bold</b>',
    ref_id: index === 0 ? null : { turn_index: 0, ref_type: 'search', ref_index: index },
  })
  return [
    {
      type: 'search_result_group',
      domain: 'hostile.example',
      entries: [
        entry('javascript:document.title="owned"', '<script>document.title="owned"</script>', 0),
        entry('https://hostile.example/\u{202E}gpj.exe', 'invoice\u{202E}fdp.exe\u{2066}', 1),
        entry('https://hostile.example/"><svg onload=1>', '__proto__', 2),
        entry('data:text/html,<script>1</script>', `${'long '.repeat(2000)}title`, 3),
        entry('not an address', '', 4),
      ],
    },
    { type: 'search_result_group', domain: 7, entries: { not: 'a list' } },
    null,
    'a string',
  ]
}

/** Nonsense of many kinds, then a valid answer that completes. */
export const hostile: Scenario = (request) => {
  const bad = new DeltaWriter()
  const tool = message(request, {
    id: newId(),
    role: 'tool',
    name: '<script>web.run</script>',
    content: EMPTY_TEXT,
    status: 'finished_successfully',
    channel: null,
    metadata: {
      search_model_queries: {
        type: 'search_model_queries',
        queries: ['<script>document.title="owned"</script>', 7, null],
      },
      search_result_groups: hostileGroups(),
    },
  })
  const writer = new DeltaWriter()
  const [head = '', ...openingRest] = opening(request)
  const answer = message(request, {
    id: newId(),
    role: 'assistant',
    content: EMPTY_TEXT,
    metadata: { content_references: [{ type: 'grouped_webpages', items: 'none', matched_text: 3 }, null, 'x'] },
  })
  const segments = segmentsFor(request).filter((segment) => typeof segment === 'string')
  return {
    post: doneLeg([
      { text: head, pauseMs: 15 },
      ...nonsense(request.conversationId).map((text) => ({ text, pauseMs: 20, cut: true })),
      ...openingRest.map((text) => ({ text, pauseMs: 15 })),
      { text: bad.message(1, tool, request.conversationId), pauseMs: 40, cut: true },
      // A first delta of its own, so that it says all of path, operation and channel after the nonsense.
      { text: writer.message(2, answer, request.conversationId), pauseMs: 40 },
      {
        text: writer.append(
          '/message/content/parts/0',
          'Plain text: <script>document.title="owned"</script> <img src=x onerror=alert(1)> [a link](javascript:alert(1)) \u{202E}txet desrever\u{202C} \u{E200}never closed marker\n\n',
        ),
        pauseMs: 40,
      },
      { text: writer.delta('truncate', '/message/content/parts/0', 11), pauseMs: 40 },
      {
        text: writer.append(
          '/message/content/parts/0',
          ' <script>document.title="owned"</script> \u{202E}txet\u{202C}\n\n',
        ),
        pauseMs: 40,
      },
      ...answerSteps(writer, topicFor(request.prompt), segments, 40),
      { text: writer.patch(finishedAnswer()), pauseMs: 30 },
      ...closing(request).map((text) => ({ text, pauseMs: 10 })),
    ]),
  }
}

const HUGE_BYTES = 20 * 1024 * 1024

/** The searching turn with one event of 20 MB in its middle. */
export const huge: Scenario = (request) => {
  const plan = search(request)
  if (!('steps' in plan.post)) return plan
  const steps = [...plan.post.steps()]
  const middle = Math.floor(steps.length / 2)
  return {
    post: {
      *steps() {
        yield* steps.slice(0, middle)
        yield { text: typed({ type: 'demo_blob', data: 'tapedeck'.repeat(HUGE_BYTES / 8) }), pauseMs: 20 }
        yield* steps.slice(middle)
      },
      end: 'close',
    },
  }
}
