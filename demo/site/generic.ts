/** The same answers in public formats: OpenAI chat completions, OpenAI Responses, Anthropic messages. */
import { pieces, pauseAt } from './answer'
import { MODEL } from './frames'
import type { Step } from './plan'
import { shortPrompt, topicFor, type Source, type Topic } from './prose'

/** The formats, by the last part of their page's address. */
export const GENERIC_FORMATS = {
  openai: { title: 'OpenAI chat completions', path: 'v1/chat/completions', steps: openaiSteps },
  anthropic: { title: 'Anthropic messages', path: 'v1/messages', steps: anthropicSteps },
  responses: { title: 'OpenAI Responses', path: 'v1/responses', steps: responsesSteps },
} as const

/** How an answer differs from the plain one: it calls a tool, or ends with an error. */
export type GenericVariant = 'plain' | 'streamerror' | 'tools'

interface Ask {
  readonly prompt: string
  readonly variant: GenericVariant
}

function textPieces(ask: Ask, topic: Topic): string[] {
  const text = topic.answer.filter((segment) => typeof segment === 'string').join('')
  return pieces(`You asked: “${shortPrompt(ask.prompt)}”. ${text}`, 24)
}

function paced(texts: readonly string[]): Step[] {
  return texts.map((text, index) => ({ text, pauseMs: pauseAt(index), ...(index % 3 === 1 ? { cut: true } : {}) }))
}

const TOOL_ARGUMENTS = ['{"city":', '"Velmora",', '"day":"today"}']

function firstSource(topic: Topic): Source {
  const [source] = topic.sources
  if (source === undefined) throw new RangeError('the topic has no source')
  return source
}

function openaiSteps(ask: Ask): Step[] {
  const topic = topicFor(ask.prompt)
  const chunk = (choices: readonly unknown[], more: Readonly<Record<string, unknown>> = {}): string =>
    `data: ${JSON.stringify({ id: 'chatcmpl-demo', object: 'chat.completion.chunk', created: 1_790_000_000, model: MODEL, choices, ...more })}\n\n`
  const delta = (value: unknown, finish: string | null = null): string =>
    chunk([{ index: 0, delta: value, logprobs: null, finish_reason: finish }])
  const call = (fields: Readonly<Record<string, unknown>>): string => delta({ tool_calls: [{ index: 0, ...fields }] })
  const texts = textPieces(ask, topic)
  const usage = chunk([], {
    usage: { prompt_tokens: 12, completion_tokens: texts.length, total_tokens: 12 + texts.length },
  })
  const begin = delta({ role: 'assistant', content: '', refusal: null })
  if (ask.variant === 'streamerror') {
    const error = { error: { message: 'The demo model is overloaded.', type: 'server_error', code: 'overloaded' } }
    return paced([
      begin,
      ...texts.slice(0, 3).map((content) => delta({ content })),
      `data: ${JSON.stringify(error)}\n\n`,
    ])
  }
  const body =
    ask.variant === 'tools'
      ? [
          call({ id: 'call_demo', type: 'function', function: { name: 'get_weather', arguments: '' } }),
          ...TOOL_ARGUMENTS.map((text) => call({ function: { arguments: text } })),
        ]
      : texts.map((content) => delta({ content }))
  const end = delta({}, ask.variant === 'tools' ? 'tool_calls' : 'stop')
  return paced([begin, ...body, end, usage, 'data: [DONE]\n\n'])
}

function anthropicSteps(ask: Ask): Step[] {
  const topic = topicFor(ask.prompt)
  const source = firstSource(topic)
  const event = (type: string, fields: Readonly<Record<string, unknown>> = {}): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
  const block = (index: number, content_block: unknown): string =>
    event('content_block_start', { index, content_block })
  const delta = (index: number, value: unknown): string => event('content_block_delta', { index, delta: value })
  const stop = (index: number): string => event('content_block_stop', { index })
  const json = (index: number, partial_json: string): string => delta(index, { type: 'input_json_delta', partial_json })
  const texts = textPieces(ask, topic)
  const begin = event('message_start', {
    message: {
      id: 'msg_demo',
      type: 'message',
      role: 'assistant',
      model: MODEL,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 12, output_tokens: 1 },
    },
  })
  if (ask.variant === 'streamerror') {
    const error = event('error', { error: { type: 'overloaded_error', message: 'The demo model is overloaded.' } })
    return paced([
      begin,
      block(0, { type: 'text', text: '' }),
      delta(0, { type: 'text_delta', text: 'Half of an' }),
      error,
    ])
  }
  const query = JSON.stringify({ query: topic.queries[0][0] ?? topic.title })
  const search = [
    block(0, { type: 'server_tool_use', id: 'srvtoolu_demo', name: 'web_search', input: {} }),
    json(0, query.slice(0, 12)),
    json(0, query.slice(12)),
    stop(0),
    block(1, {
      type: 'web_search_tool_result',
      tool_use_id: 'srvtoolu_demo',
      content: topic.sources.map((one) => ({
        type: 'web_search_result',
        url: one.url,
        title: one.title,
        page_age: null,
        encrypted_content: 'ZGVtbw==',
      })),
    }),
    stop(1),
  ]
  const tool = [
    block(3, { type: 'tool_use', id: 'toolu_demo', name: 'get_weather', input: {} }),
    ...TOOL_ARGUMENTS.map((text) => json(3, text)),
    stop(3),
  ]
  const citation = {
    type: 'web_search_result_location',
    url: source.url,
    title: source.title,
    cited_text: source.snippet,
    encrypted_index: 'ZGVtbw==',
  }
  return paced([
    begin,
    event('ping'),
    ...search,
    block(2, { type: 'text', text: '', citations: [] }),
    ...texts.map((text) => delta(2, { type: 'text_delta', text })),
    delta(2, { type: 'citations_delta', citation }),
    stop(2),
    ...(ask.variant === 'tools' ? tool : []),
    event('message_delta', {
      delta: { stop_reason: ask.variant === 'tools' ? 'tool_use' : 'end_turn', stop_sequence: null },
      usage: { output_tokens: texts.length },
    }),
    event('message_stop'),
  ])
}

function responsesSteps(ask: Ask): Step[] {
  const topic = topicFor(ask.prompt)
  const source = firstSource(topic)
  let sequence = 0
  const event = (type: string, fields: Readonly<Record<string, unknown>>): string => {
    const data = { type, sequence_number: sequence, ...fields }
    sequence += 1
    return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`
  }
  const response = (
    status: string,
    more: Readonly<Record<string, unknown>> = {},
  ): Readonly<Record<string, unknown>> => ({
    response: {
      id: 'resp_demo',
      object: 'response',
      created_at: 1_790_000_000,
      model: MODEL,
      status,
      output: [],
      usage: null,
      ...more,
    },
  })
  const texts = textPieces(ask, topic)
  const text = texts.join('')
  const begin = [
    event('response.created', response('in_progress')),
    event('response.in_progress', response('in_progress')),
  ]
  if (ask.variant === 'streamerror') {
    const error = { code: 'server_error', message: 'The demo model is overloaded.', param: null }
    return paced([...begin, event('error', error), event('response.failed', response('failed', { error }))])
  }
  const query = topic.queries[0][0] ?? topic.title
  const action = {
    type: 'search',
    query,
    queries: topic.queries[0],
    sources: topic.sources.map((one) => ({ type: 'url', url: one.url })),
  }
  const call = { id: 'ws_demo', type: 'web_search_call' }
  const item = { id: 'msg_demo', type: 'message', role: 'assistant' }
  const tool = { id: 'fc_demo', type: 'function_call', call_id: 'call_demo', name: 'get_weather' }
  const annotation = { type: 'url_citation', url: source.url, title: source.title, start_index: 0, end_index: 12 }
  const place = { item_id: 'msg_demo', output_index: 1, content_index: 0 }
  const done = { type: 'output_text', text, annotations: [annotation] }
  const events = [
    ...begin,
    event('response.output_item.added', { output_index: 0, item: { ...call, status: 'in_progress' } }),
    event('response.web_search_call.in_progress', { output_index: 0, item_id: call.id }),
    event('response.web_search_call.searching', { output_index: 0, item_id: call.id }),
    event('response.web_search_call.completed', { output_index: 0, item_id: call.id }),
    event('response.output_item.done', { output_index: 0, item: { ...call, status: 'completed', action } }),
    event('response.output_item.added', { output_index: 1, item: { ...item, status: 'in_progress', content: [] } }),
    event('response.content_part.added', { ...place, part: { type: 'output_text', text: '', annotations: [] } }),
    ...texts.map((delta) => event('response.output_text.delta', { ...place, delta })),
    event('response.output_text.annotation.added', { ...place, annotation_index: 0, annotation }),
    event('response.output_text.done', { ...place, text }),
    event('response.content_part.done', { ...place, part: done }),
    event('response.output_item.done', { output_index: 1, item: { ...item, status: 'completed', content: [done] } }),
  ]
  if (ask.variant === 'tools') {
    const args = { output_index: 2, item_id: tool.id }
    events.push(
      event('response.output_item.added', { output_index: 2, item: { ...tool, arguments: '', status: 'in_progress' } }),
      ...TOOL_ARGUMENTS.map((delta) => event('response.function_call_arguments.delta', { ...args, delta })),
      event('response.function_call_arguments.done', { ...args, arguments: TOOL_ARGUMENTS.join('') }),
      event('response.output_item.done', {
        output_index: 2,
        item: { ...tool, arguments: TOOL_ARGUMENTS.join(''), status: 'completed' },
      }),
    )
  }
  const usage = { input_tokens: 12, output_tokens: texts.length, total_tokens: 12 + texts.length }
  events.push(event('response.completed', response('completed', { usage })))
  return paced(events)
}
