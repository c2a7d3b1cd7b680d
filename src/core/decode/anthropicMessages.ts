/** Streams of the Anthropic Messages API and of claude.ai, which repeats it with additions (facts 2.5 and 2.1). */
import { defined, domainOf, field, listField, numberField, parseJson, stringField, type Json } from './json'
import { DialectTurn, type Dialect, type DialectReader } from './dialect'
import { tokens } from './openaiChat'
import type { DecodeContext } from './decoder'

export const anthropicMessages: Dialect = {
  name: 'anthropic-messages',
  claims: (_name, value) => value['type'] === 'message_start' || value['type'] === 'completion',
  read: (context) => new Reader(context),
}

interface Block {
  readonly type: string
  readonly id: string | undefined
  readonly name: string
  input: string
}

class Reader implements DialectReader {
  private readonly turn: DialectTurn
  private readonly blocks = new Map<number, Block>()
  private messageId = 'message'
  private model: string | undefined
  private inputTokens: number | undefined
  private cacheRead: number | undefined
  private cacheWrite: number | undefined
  private queries = 0
  private results = 0
  private citations = 0

  constructor(private readonly context: DecodeContext) {
    this.turn = new DialectTurn(context)
  }

  event(_name: string, value: Json): void {
    const index = numberField(value, 'index') ?? 0
    switch (value['type']) {
      case 'message_start':
        this.start(field(value, 'message'))
        break
      case 'content_block_start':
        this.blockStart(index, field(value, 'content_block'))
        break
      case 'content_block_delta':
        this.blockDelta(index, field(value, 'delta'))
        break
      case 'content_block_stop':
        this.blockStop(index)
        break
      case 'message_delta':
        this.usage(field(value, 'usage'))
        break
      case 'message_stop':
        this.turn.complete()
        break
      case 'error': {
        const error = field(value, 'error')
        this.turn.fail(stringField(error, 'type') ?? 'stream_error', stringField(error, 'message') ?? 'unknown')
      }
    }
  }

  done(): void {
    // Not part of this format.
  }

  end(): void {
    this.turn.end()
  }

  private start(message: unknown): void {
    this.messageId = stringField(message, 'id') ?? stringField(message, 'uuid') ?? this.messageId
    this.model = stringField(message, 'model')
    this.turn.model(this.model)
    const usage = field(message, 'usage')
    this.inputTokens = tokens(usage, 'input_tokens')
    this.cacheRead = tokens(usage, 'cache_read_input_tokens')
    this.cacheWrite = tokens(usage, 'cache_creation_input_tokens')
  }

  private blockStart(index: number, block: unknown): void {
    const type = stringField(block, 'type') ?? ''
    const id = stringField(block, 'id') ?? stringField(block, 'tool_use_id')
    const name = stringField(block, 'name') ?? 'tool'
    this.blocks.set(index, { type, id, name, input: '' })
    if (type === 'text') this.text(stringField(block, 'text') ?? '')
    if (isCall(type))
      this.context.emit({ phase: 'tool_use', data: { name, state: 'started', ...defined({ call_id: id }) } })
    if (type === 'web_search_tool_result') this.toolResult(id, 'web_search', field(block, 'content'))
  }

  private blockDelta(index: number, delta: unknown): void {
    const block = this.blocks.get(index)
    switch (stringField(delta, 'type')) {
      case 'text_delta':
        this.text(stringField(delta, 'text') ?? '')
        break
      case 'input_json_delta':
        if (block !== undefined) block.input += stringField(delta, 'partial_json') ?? ''
        break
      case 'citations_delta':
      case 'citation_start_delta':
        this.citation(field(delta, 'citation'))
    }
  }

  private blockStop(index: number): void {
    const block = this.blocks.get(index)
    if (block === undefined) return
    this.blocks.delete(index)
    const { type, id, name, input } = block
    const parsed = input === '' ? undefined : (parseJson(input) ?? input)
    if (isCall(type)) {
      this.context.emit({
        phase: 'tool_use',
        data: { name, state: 'completed', ...defined({ call_id: id, input: parsed }) },
      })
      const query = stringField(parsed, 'query')
      if (name === 'web_search' && query !== undefined) {
        this.context.emit({
          phase: 'search_query',
          data: { query, index: this.queries++, route: 'tool_input', message_id: this.messageId },
        })
      }
    }
    if (type === 'tool_result') this.toolResult(id, name, parsed)
  }

  private toolResult(call_id: string | undefined, name: string, content: unknown): void {
    const failed = stringField(content, 'error_code')
    const state = failed === undefined ? 'result' : 'failed'
    this.context.emit({ phase: 'tool_use', data: { name, state, ...defined({ call_id, output: failed }) } })
    if (!Array.isArray(content)) return
    for (const item of content as unknown[]) {
      const url = stringField(item, 'url')
      if (url === undefined) continue
      const title = stringField(item, 'title')
      this.context.emit({
        phase: 'search_result',
        data: { url, rank: ++this.results, domain: domainOf(url), ...defined({ title }) },
      })
    }
  }

  private text(text: string): void {
    if (text !== '') this.context.emit({ phase: 'assistant_delta', data: { text, message_id: this.messageId } })
  }

  private citation(citation: unknown): void {
    const url =
      stringField(citation, 'url') ??
      listField(citation, 'sources')
        .map((source) => stringField(source, 'url'))
        .find((found) => found !== undefined)
    if (url === undefined) return
    const data = { title: stringField(citation, 'title'), snippet: stringField(citation, 'cited_text') }
    this.context.emit({ phase: 'citation', data: { url, index: this.citations++, ...defined(data) } })
  }

  private usage(usage: unknown): void {
    const output_tokens = tokens(usage, 'output_tokens')
    const input_tokens = tokens(usage, 'input_tokens') ?? this.inputTokens
    if (output_tokens === undefined || input_tokens === undefined) return
    const data = { model: this.model, cache_read_tokens: this.cacheRead, cache_write_tokens: this.cacheWrite }
    this.context.emit({
      phase: 'usage',
      data: { input_tokens, output_tokens, cost_basis: 'unknown', ...defined(data) },
    })
  }
}

function isCall(type: string): boolean {
  return type === 'tool_use' || type === 'server_tool_use'
}
