/** The searching turn: two batches of queries, results that come in pieces, an answer with citations. Several scenarios carry it. */
import { answerSteps, resultEntry, sourcesFootnote } from '../answer'
import {
  closing,
  DeltaWriter,
  DONE_EVENT,
  EMPTY_TEXT,
  finishedAnswer,
  message,
  opening,
  PING_EVENT,
  typed,
} from '../frames'
import { newId, type Leg, type Scenario, type Step, type TurnRequest } from '../plan'
import { FIRST_BATCH_SOURCES, shortPrompt, topicFor, type Segment, type Source } from '../prose'

const GROUPS_PATH = '/message/metadata/search_result_groups'

/** The answer's segments, opened by the prompt that it answers. */
export function segmentsFor(request: TurnRequest): readonly Segment[] {
  return [`You asked: “${shortPrompt(request.prompt)}”. Here is what I found.\n\n`, ...topicFor(request.prompt).answer]
}

/** A call of the search tool, its arguments arriving in two pieces. */
function callSteps(
  writer: DeltaWriter,
  request: TurnRequest,
  id: string,
  channel: number,
  queries: readonly string[],
): Step[] {
  const args = JSON.stringify({
    search_query: queries.map((q, index) => (index === 0 ? { q, recency: 365 } : { q, domains: ['rivers.example'] })),
    response_length: 'short',
  })
  const middle = Math.floor(args.length / 2)
  const call = message(request, {
    id,
    role: 'assistant',
    content: { content_type: 'code', language: 'unknown', response_format_name: null, text: '' },
    recipient: 'web.run',
    channel: 'commentary',
    metadata: { search_display_string: 'Searching the web…', searched_display_string: 'Searched the web' },
  })
  return [
    { text: writer.message(channel, call, request.conversationId), pauseMs: 80 },
    { text: writer.append('/message/content/text', args.slice(0, middle)), pauseMs: 60 },
    { text: writer.append('/message/content/text', args.slice(middle)), pauseMs: 60, cut: true },
    {
      text: writer.patch([
        { p: '/message/status', o: 'replace', v: 'finished_successfully' },
        { p: '/message/end_turn', o: 'replace', v: false },
        { p: '/message/metadata', o: 'append', v: { search_queries: queries.map((q) => ({ type: 'search', q })) } },
      ]),
      pauseMs: 60,
    },
  ]
}

/** The sources of one batch as groups by domain, in order of the first of each. */
function groupsOf(sources: readonly Source[], first: number): { domain: string; entries: Record<string, unknown>[] }[] {
  const groups = new Map<string, Record<string, unknown>[]>()
  for (const [index, source] of sources.entries()) {
    const entries = groups.get(source.domain) ?? []
    entries.push(resultEntry(source, first + index))
    groups.set(source.domain, entries)
  }
  return [...groups].map(([domain, entries]) => ({ domain, entries }))
}

/** The tool's answer: its queries at once, then group after group; the first group gets its later entries afterwards. */
function resultSteps(
  writer: DeltaWriter,
  request: TurnRequest,
  parent: string,
  channel: number,
  queries: readonly string[],
  sources: readonly Source[],
  firstNumber: number,
): Step[] {
  const tool = message(request, {
    id: newId(),
    role: 'tool',
    name: 'web.run',
    content: EMPTY_TEXT,
    status: 'finished_successfully',
    channel: null,
    metadata: {
      parent_id: parent,
      search_turns_count: firstNumber === 0 ? 1 : 2,
      search_source: 'composer_search',
      client_reported_search_source: 'composer_search',
      search_model_queries: { type: 'search_model_queries', queries },
      search_result_groups: [],
    },
  })
  const groups = groupsOf(sources, firstNumber)
  const steps: Step[] = [{ text: writer.message(channel, tool, request.conversationId), pauseMs: 120 }]
  for (const group of groups) {
    const value = [{ type: 'search_result_group', domain: group.domain, entries: group.entries.slice(0, 1) }]
    steps.push({ text: writer.append(GROUPS_PATH, value), pauseMs: 90, cut: true })
  }
  for (const [index, group] of groups.entries()) {
    const later = group.entries.slice(1)
    if (later.length > 0) {
      steps.push({ text: writer.append(`${GROUPS_PATH}/${String(index)}/entries`, later), pauseMs: 70 })
    }
  }
  return steps
}

/** The whole turn, from its opening to the end of its stream, without `[DONE]`. */
export function searchingTurn(request: TurnRequest): Step[] {
  const topic = topicFor(request.prompt)
  const segments = segmentsFor(request)
  const writer = new DeltaWriter()
  const conversation_id = request.conversationId
  const [firstCall, secondCall, answer] = [newId(), newId(), newId()]
  const short = shortPrompt(request.prompt)
  const firstQueries = short === '' ? topic.queries[0] : [short, ...topic.queries[0]]
  const mark = (name: string, id: string, event: 'first' | 'last'): Step => ({
    text: typed({ type: 'message_marker', conversation_id, message_id: id, marker: name, event }),
    pauseMs: 10,
  })
  const after = (texts: readonly string[], pauseMs: number): Step[] => texts.map((text) => ({ text, pauseMs }))
  return [
    ...after(opening(request), 15),
    ...callSteps(writer, request, firstCall, 1, firstQueries),
    mark('search_start', firstCall, 'first'),
    ...resultSteps(writer, request, firstCall, 2, firstQueries, topic.sources.slice(0, FIRST_BATCH_SOURCES), 0),
    { text: PING_EVENT, pauseMs: 20 },
    ...callSteps(writer, request, secondCall, 4, topic.queries[1]),
    ...resultSteps(
      writer,
      request,
      secondCall,
      5,
      topic.queries[1],
      topic.sources.slice(FIRST_BATCH_SOURCES),
      FIRST_BATCH_SOURCES,
    ),
    {
      text: writer.message(
        7,
        message(request, {
          id: answer,
          role: 'assistant',
          content: EMPTY_TEXT,
          metadata: { parent_id: secondCall, citations: [], content_references: [] },
        }),
        conversation_id,
      ),
      pauseMs: 120,
    },
    mark('user_visible_token', answer, 'first'),
    mark('final_channel_token', answer, 'first'),
    { text: typed({ type: 'title_generation', conversation_id, title: topic.title }), pauseMs: 10 },
    ...answerSteps(writer, topic, segments, 22),
    {
      text: writer.append('/message/metadata/content_references', [sourcesFootnote(topic, segments)]),
      pauseMs: 40,
    },
    {
      text: writer.append(
        '/message/metadata/safe_urls',
        topic.sources.map((source) => source.url),
      ),
      pauseMs: 10,
    },
    { text: writer.patch(finishedAnswer()), pauseMs: 30 },
    mark('last_token', answer, 'last'),
    ...topic.sources.slice(0, 3).map((source) => ({
      text: typed({
        type: 'url_moderation',
        conversation_id,
        message_id: answer,
        url_moderation_result: { full_url: source.url, is_safe: true },
      }),
      pauseMs: 5,
    })),
    ...after(closing(request, 'web.run'), 10),
  ]
}

/** A leg of ready steps, with `[DONE]` at its end. */
export function doneLeg(steps: readonly Step[]): Leg {
  const all = [...steps, { text: DONE_EVENT, pauseMs: 5 }]
  return { steps: () => all, end: 'close' }
}

/** Everything in one response. */
export const search: Scenario = (request) => ({ post: doneLeg(searchingTurn(request)) })
