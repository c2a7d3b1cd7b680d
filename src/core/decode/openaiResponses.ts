/** Streams of the OpenAI Responses API (facts on wire formats, 2.4). */
import type { RunCounters } from './counters'
import type { DecodeContext } from './decoder'
import { DialectTurn, type Dialect, type DialectReader } from './dialect'
import {
  countField,
  defined,
  domainOf,
  field,
  listField,
  numberField,
  parsedOrText,
  rawCopy,
  stringsField,
  textField,
  type Json,
} from './json'

export const openaiResponses: Dialect = {
  name: 'openai-responses',
  claims: (_name, value) => typeof value['type'] === 'string' && value['type'].startsWith('response.'),
  read: (context, counters) => new Reader(context, counters),
}

const MAX_INPUT_CHARS = 256 * 1024

class Reader implements DialectReader {
  private readonly turn: DialectTurn
  private batch: number | undefined
  private readonly results = new Set<string>()

  constructor(
    private readonly context: DecodeContext,
    private readonly counters: RunCounters,
  ) {
    this.turn = new DialectTurn(context)
  }

  event(_name: string, value: Json): void {
    const type = textField(value, 'type')
    switch (type) {
      case 'response.created':
      case 'response.in_progress':
        this.turn.model(textField(field(value, 'response'), 'model'))
        break
      case 'response.output_text.delta':
        this.text(textField(value, 'delta'), textField(value, 'item_id'))
        break
      case 'response.reasoning_summary_text.done':
        this.turn.status('reasoning', { detail: textField(value, 'text') })
        break
      case 'response.output_text.annotation.added':
        this.citation(field(value, 'annotation'))
        break
      case 'response.output_item.added':
        this.item(field(value, 'item'), 'started')
        break
      case 'response.output_item.done':
        this.item(field(value, 'item'), 'completed')
        break
      case 'response.completed':
        this.usage(field(value, 'response'))
        this.turn.complete()
        break
      case 'response.incomplete':
      case 'response.failed':
        this.failed(type, field(value, 'response'))
        break
      case 'error':
        this.turn.fail(textField(value, 'code') ?? 'stream_error', textField(value, 'message') ?? 'no reason given')
    }
  }

  done(): void {
    // Not part of this format; some servers send it all the same.
  }

  end(): void {
    this.turn.end()
  }

  private text(text: string | undefined, itemId: string | undefined): void {
    if (text === undefined) return
    this.context.emit({ phase: 'assistant_delta', data: { text, message_id: itemId ?? 'message' } })
  }

  private failed(type: string, response: unknown): void {
    const error = field(response, 'error')
    const reason = textField(error, 'message') ?? textField(field(response, 'incomplete_details'), 'reason')
    this.usage(response)
    this.turn.fail(textField(error, 'code') ?? type, reason ?? 'the response is not complete')
  }

  private item(item: unknown, state: 'started' | 'completed'): void {
    const type = textField(item, 'type') ?? ''
    const call_id = textField(item, 'call_id') ?? textField(item, 'id')
    if (type === 'function_call') {
      const name = textField(item, 'name') ?? 'tool'
      const input = state === 'started' ? undefined : parsedOrText(textField(item, 'arguments') ?? '')
      this.context.emit({ phase: 'tool_use', data: { name, state, ...defined({ call_id, input }) } })
    } else if (type.endsWith('_call')) {
      const action = field(item, 'action')
      const failed = textField(item, 'status') === 'failed'
      const input = state === 'started' ? undefined : rawCopy(action, MAX_INPUT_CHARS)
      const name = type.slice(0, -'_call'.length)
      this.context.emit({
        phase: 'tool_use',
        data: { name, state: failed ? 'failed' : state, ...defined({ call_id, input }) },
      })
      if (type === 'web_search_call' && state === 'completed') this.search(action)
    }
  }

  private search(action: unknown): void {
    const listed = stringsField(action, 'queries')
    const single = textField(action, 'query')
    const queries = listed.length > 0 ? listed : single === undefined ? [] : [single]
    if (queries.length > 0) this.batch = this.counters.nextBatch()
    const batch = defined({ batch: this.batch })
    for (const query of queries) {
      const data = { query, index: this.counters.nextQuery(), route: 'web_search_call', ...batch }
      this.context.emit({ phase: 'search_query', data })
    }
    for (const source of listField(action, 'sources')) {
      const url = textField(source, 'url')
      if (url === undefined || this.results.has(url)) continue
      this.results.add(url)
      const title = defined({ title: textField(source, 'title') })
      const data = { url, rank: this.counters.nextRank(), domain: domainOf(url), ...batch, ...title }
      this.context.emit({ phase: 'search_result', data })
    }
  }

  private citation(annotation: unknown): void {
    const url = textField(annotation, 'url')
    if (url === undefined) return
    const optional = {
      title: textField(annotation, 'title'),
      start: numberField(annotation, 'start_index'),
      end: numberField(annotation, 'end_index'),
    }
    this.context.emit({ phase: 'citation', data: { url, index: this.counters.nextCitation(), ...defined(optional) } })
  }

  private usage(response: unknown): void {
    const usage = field(response, 'usage')
    const input_tokens = countField(usage, 'input_tokens')
    const output_tokens = countField(usage, 'output_tokens')
    if (input_tokens === undefined || output_tokens === undefined) return
    const optional = {
      model: textField(response, 'model'),
      cache_read_tokens: countField(field(usage, 'input_tokens_details'), 'cached_tokens'),
      reasoning_tokens: countField(field(usage, 'output_tokens_details'), 'reasoning_tokens'),
    }
    const data = { input_tokens, output_tokens, cost_basis: 'unknown' as const, ...defined(optional) }
    this.context.emit({ phase: 'usage', data })
  }
}
