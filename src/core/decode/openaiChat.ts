/** OpenAI-compatible chat.completions streams (facts 2.6). */
import { defined, field, isObject, listField, numberField, parseJson, stringField, type Json } from './json'
import { DialectTurn, type Dialect, type DialectReader } from './dialect'
import type { DecodeContext } from './decoder'

export const openaiChat: Dialect = {
  name: 'openai-chat',
  claims: (_name, value) =>
    value['object'] === 'chat.completion.chunk' || (Array.isArray(value['choices']) && typeof value['id'] === 'string'),
  read: (context) => new Reader(context),
}

class Reader implements DialectReader {
  private readonly turn: DialectTurn
  private readonly calls = new Map<string, { id: string; name: string; input: string }>()
  private modelTold = false
  private finishReason = false
  private citations = 0
  private readonly cited = new Set<string>()

  constructor(private readonly context: DecodeContext) {
    this.turn = new DialectTurn(context)
  }

  event(_name: string, value: Json): void {
    const error = field(value, 'error')
    if (isObject(error)) {
      this.turn.fail(
        stringField(error, 'code') ?? stringField(error, 'type') ?? 'stream_error',
        stringField(error, 'message') ?? 'unknown',
      )
      return
    }
    if (!this.modelTold) {
      this.modelTold = true
      this.turn.model(stringField(value, 'model'))
    }
    const id = stringField(value, 'id') ?? 'message'
    for (const choice of listField(value, 'choices')) this.choice(id, choice)
    for (const url of listField(value, 'citations')) if (typeof url === 'string') this.cite(url, undefined)
    this.usage(value)
  }

  done(): void {
    this.finishCalls()
    this.turn.complete()
  }

  end(): void {
    this.finishCalls()
    if (this.finishReason) this.turn.complete()
    else this.turn.end()
  }

  private choice(id: string, choice: unknown): void {
    const delta = field(choice, 'delta')
    const index = numberField(choice, 'index') ?? 0
    const message_id = index === 0 ? id : `${id}-${String(index)}`
    const text = stringField(delta, 'content')
    if (text !== undefined && text !== '') this.context.emit({ phase: 'assistant_delta', data: { text, message_id } })
    for (const call of listField(delta, 'tool_calls'))
      this.call(`${message_id} ${String(numberField(call, 'index') ?? 0)}`, call)
    for (const annotation of listField(delta, 'annotations')) {
      const citation = field(annotation, 'url_citation') ?? annotation
      const url = stringField(citation, 'url')
      if (url !== undefined) this.cite(url, stringField(citation, 'title'))
    }
    if (typeof field(choice, 'finish_reason') === 'string') this.finishReason = true
  }

  private call(key: string, call: unknown): void {
    const fn = field(call, 'function')
    let known = this.calls.get(key)
    if (known === undefined) {
      known = { id: stringField(call, 'id') ?? key, name: stringField(fn, 'name') ?? 'tool', input: '' }
      this.calls.set(key, known)
      this.context.emit({ phase: 'tool_use', data: { name: known.name, state: 'started', call_id: known.id } })
    }
    known.input += stringField(fn, 'arguments') ?? ''
  }

  private finishCalls(): void {
    for (const { id, name, input } of this.calls.values()) {
      const parsed = input === '' ? undefined : (parseJson(input) ?? input)
      this.context.emit({
        phase: 'tool_use',
        data: { name, state: 'completed', call_id: id, ...defined({ input: parsed }) },
      })
    }
    this.calls.clear()
  }

  private cite(url: string, title: string | undefined): void {
    if (this.cited.has(url)) return
    this.cited.add(url)
    this.context.emit({ phase: 'citation', data: { url, index: this.citations++, ...defined({ title }) } })
  }

  private usage(value: Json): void {
    const usage = field(value, 'usage')
    const input_tokens = tokens(usage, 'prompt_tokens')
    const output_tokens = tokens(usage, 'completion_tokens')
    if (input_tokens === undefined || output_tokens === undefined) return
    const cache_read_tokens = tokens(field(usage, 'prompt_tokens_details'), 'cached_tokens')
    const reasoning_tokens = tokens(field(usage, 'completion_tokens_details'), 'reasoning_tokens')
    this.context.emit({
      phase: 'usage',
      data: {
        input_tokens,
        output_tokens,
        cost_basis: 'unknown',
        ...defined({ model: stringField(value, 'model'), cache_read_tokens, reasoning_tokens }),
      },
    })
  }
}

/** A count of tokens; what is none is left out. */
export function tokens(value: unknown, key: string): number | undefined {
  const count = numberField(value, key)
  return count !== undefined && Number.isSafeInteger(count) && count >= 0 ? count : undefined
}
