/** Streams of the OpenAI Responses API (facts 2.4). */
import { defined, domainOf, field, listField, numberField, parseJson, stringField, type Json } from './json'
import { DialectTurn, type Dialect, type DialectReader } from './dialect'
import { tokens } from './openaiChat'
import type { DecodeContext } from './decoder'

export const openaiResponses: Dialect = {
  name: 'openai-responses',
  claims: (_name, value) => typeof value['type'] === 'string' && value['type'].startsWith('response.'),
  read: (context) => new Reader(context),
}

class Reader implements DialectReader {
  private readonly turn: DialectTurn
  private queries = 0
  private results = 0
  private citations = 0

  constructor(private readonly context: DecodeContext) {
    this.turn = new DialectTurn(context)
  }

  event(_name: string, value: Json): void {
    const type = stringField(value, 'type')
    switch (type) {
      case 'response.created':
        this.turn.model(stringField(field(value, 'response'), 'model'))
        break
      case 'response.output_text.delta': {
        const text = stringField(value, 'delta') ?? ''
        if (text !== '')
          this.context.emit({
            phase: 'assistant_delta',
            data: { text, message_id: stringField(value, 'item_id') ?? 'message' },
          })
        break
      }
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
      case 'response.failed': {
        const response = field(value, 'response')
        const error = field(response, 'error')
        const reason = stringField(field(response, 'incomplete_details'), 'reason')
        this.turn.fail(
          stringField(error, 'code') ?? type,
          stringField(error, 'message') ?? reason ?? 'the response is not complete',
        )
        break
      }
      case 'error':
        this.turn.fail(stringField(value, 'code') ?? 'stream_error', stringField(value, 'message') ?? 'unknown')
    }
  }

  done(): void {
    // Not part of this format; some servers send it all the same.
  }

  end(): void {
    this.turn.end()
  }

  private item(item: unknown, state: 'started' | 'completed'): void {
    const type = stringField(item, 'type')
    const call_id = stringField(item, 'call_id') ?? stringField(item, 'id')
    if (type === 'web_search_call') {
      this.context.emit({
        phase: 'tool_use',
        data: { name: 'web_search', state, ...defined({ call_id, input: field(item, 'action') }) },
      })
      if (state === 'completed') this.search(field(item, 'action'))
    } else if (type === 'function_call') {
      const written = stringField(item, 'arguments')
      const input = written === undefined || written === '' ? undefined : (parseJson(written) ?? written)
      this.context.emit({
        phase: 'tool_use',
        data: { name: stringField(item, 'name') ?? 'tool', state, ...defined({ call_id, input }) },
      })
    }
  }

  private search(action: unknown): void {
    const listed = listField(action, 'queries').filter((query) => typeof query === 'string')
    const single = stringField(action, 'query')
    const queries = listed.length > 0 ? listed : single === undefined ? [] : [single]
    for (const query of queries)
      this.context.emit({ phase: 'search_query', data: { query, index: this.queries++, route: 'web_search_call' } })
    for (const source of listField(action, 'sources')) {
      const url = stringField(source, 'url')
      if (url === undefined) continue
      this.context.emit({
        phase: 'search_result',
        data: { url, rank: ++this.results, domain: domainOf(url), ...defined({ title: stringField(source, 'title') }) },
      })
    }
  }

  private citation(annotation: unknown): void {
    const url = stringField(annotation, 'url')
    if (url === undefined) return
    const data = {
      title: stringField(annotation, 'title'),
      start: numberField(annotation, 'start_index'),
      end: numberField(annotation, 'end_index'),
    }
    this.context.emit({ phase: 'citation', data: { url, index: this.citations++, ...defined(data) } })
  }

  private usage(response: unknown): void {
    const usage = field(response, 'usage')
    const input_tokens = tokens(usage, 'input_tokens')
    const output_tokens = tokens(usage, 'output_tokens')
    if (input_tokens === undefined || output_tokens === undefined) return
    const cache_read_tokens = tokens(field(usage, 'input_tokens_details'), 'cached_tokens')
    const reasoning_tokens = tokens(field(usage, 'output_tokens_details'), 'reasoning_tokens')
    this.context.emit({
      phase: 'usage',
      data: {
        input_tokens,
        output_tokens,
        cost_basis: 'unknown',
        ...defined({ model: stringField(response, 'model'), cache_read_tokens, reasoning_tokens }),
      },
    })
  }
}
