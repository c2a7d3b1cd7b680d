/** OpenAI-compatible chat.completions streams (facts on wire formats, 2.6), with the additions of search providers. */
import type { EventData } from '../../shared/events/schema'
import type { RunCounters } from './counters'
import type { DecodeContext } from './decoder'
import { DialectTurn, type Dialect, type DialectReader } from './dialect'
import {
  countField,
  defined,
  domainOf,
  field,
  isObject,
  listField,
  numberField,
  parsedOrText,
  textField,
  type Json,
} from './json'

export const openaiChat: Dialect = {
  name: 'openai-chat',
  claims: (_name, value) =>
    value['object'] === 'chat.completion.chunk' ||
    (Array.isArray(value['choices']) && (typeof value['id'] === 'string' || typeof value['model'] === 'string')) ||
    (value['type'] === undefined && isObject(value['error']) && typeof value['error']['message'] === 'string'),
  read: (context, counters) => new Reader(context, counters),
}

interface Call {
  readonly id: string
  readonly name: string
  /** Fragments of the arguments' JSON. */
  readonly input: string[]
}

class Reader implements DialectReader {
  private readonly turn: DialectTurn
  private readonly calls = new Map<string, Call>()
  private hasFinishReason = false
  private lastUsage: EventData<'usage'> | undefined
  private readonly told = new Set<string>()

  constructor(
    private readonly context: DecodeContext,
    private readonly counters: RunCounters,
  ) {
    this.turn = new DialectTurn(context)
  }

  event(_name: string, value: Json): void {
    const error = value['error']
    if (isObject(error)) {
      const code = textField(error, 'code') ?? textField(error, 'type') ?? 'stream_error'
      this.turn.fail(code, textField(error, 'message') ?? 'no reason given')
      return
    }
    this.turn.model(textField(value, 'model'))
    for (const item of listField(value, 'search_results')) this.searchResult(item)
    for (const choice of listField(value, 'choices')) this.choice(textField(value, 'id') ?? 'message', choice)
    for (const url of listField(value, 'citations')) if (typeof url === 'string') this.cite(url, undefined)
    this.usage(value)
  }

  done(): void {
    this.flush()
    this.turn.complete()
  }

  end(): void {
    this.flush()
    if (this.hasFinishReason) this.turn.complete()
    else this.turn.end()
  }

  private choice(id: string, choice: unknown): void {
    const delta = field(choice, 'delta')
    const index = numberField(choice, 'index') ?? 0
    const message_id = index === 0 ? id : `${id}-${String(index)}`
    const text = textField(delta, 'content')
    if (text !== undefined) this.context.emit({ phase: 'assistant_delta', data: { text, message_id } })
    for (const call of listField(delta, 'tool_calls')) {
      this.call(`${message_id} ${String(numberField(call, 'index') ?? 0)}`, call)
    }
    for (const annotation of listField(delta, 'annotations')) {
      const citation = field(annotation, 'url_citation') ?? annotation
      const url = textField(citation, 'url')
      if (url !== undefined) this.cite(url, textField(citation, 'title'))
    }
    if (typeof field(choice, 'finish_reason') === 'string') this.hasFinishReason = true
  }

  private call(key: string, call: unknown): void {
    const said = field(call, 'function')
    let known = this.calls.get(key)
    if (known === undefined) {
      known = { id: textField(call, 'id') ?? key, name: textField(said, 'name') ?? 'tool', input: [] }
      this.calls.set(key, known)
      this.context.emit({ phase: 'tool_use', data: { name: known.name, state: 'started', call_id: known.id } })
    }
    const fragment = textField(said, 'arguments')
    if (fragment !== undefined) known.input.push(fragment)
  }

  /** Only the end of the stream says that no more fragments of arguments come, and which count of tokens is the last. */
  private flush(): void {
    for (const { id, name, input } of this.calls.values()) {
      const arguments_ = defined({ input: parsedOrText(input.join('')) })
      this.context.emit({ phase: 'tool_use', data: { name, state: 'completed', call_id: id, ...arguments_ } })
    }
    this.calls.clear()
    if (this.lastUsage !== undefined) this.context.emit({ phase: 'usage', data: this.lastUsage })
    this.lastUsage = undefined
  }

  private searchResult(item: unknown): void {
    const url = textField(item, 'url')
    if (url === undefined || this.told.has(`result ${url}`)) return
    this.told.add(`result ${url}`)
    const optional = { title: textField(item, 'title'), snippet: textField(item, 'snippet') }
    const data = { url, rank: this.counters.nextRank(), domain: domainOf(url), ...defined(optional) }
    this.context.emit({ phase: 'search_result', data })
  }

  private cite(url: string, title: string | undefined): void {
    if (this.told.has(`citation ${url}`)) return
    this.told.add(`citation ${url}`)
    this.context.emit({ phase: 'citation', data: { url, index: this.counters.nextCitation(), ...defined({ title }) } })
  }

  private usage(value: Json): void {
    const usage = field(value, 'usage')
    const input_tokens = countField(usage, 'prompt_tokens')
    const output_tokens = countField(usage, 'completion_tokens')
    if (input_tokens === undefined || output_tokens === undefined) return
    const optional = {
      model: textField(value, 'model'),
      cache_read_tokens: countField(field(usage, 'prompt_tokens_details'), 'cached_tokens'),
      reasoning_tokens: countField(field(usage, 'completion_tokens_details'), 'reasoning_tokens'),
    }
    // Some servers count up with each chunk; only the last count is the stream's.
    this.lastUsage = { input_tokens, output_tokens, cost_basis: 'unknown', ...defined(optional) }
  }
}
