/** Streams of the Anthropic Messages API and of claude.ai, which repeats it with additions (facts on wire formats, 2.5, 2.1). */
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
  parsedOrText,
  rawCopy,
  textField,
  type Json,
} from './json'

export const anthropicMessages: Dialect = {
  name: 'anthropic-messages',
  claims: (_name, value) =>
    value['type'] === 'message_start' || (value['type'] === 'error' && isObject(value['error'])),
  read: (context, counters) => new Reader(context, counters),
}

interface Block {
  readonly type: string
  readonly id: string | undefined
  readonly name: string
  /** What the block began with, and the fragments of JSON (of thoughts, text) that followed. */
  readonly begun: unknown
  readonly fragments: string[]
}

const MAX_OUTPUT_CHARS = 256 * 1024

class Reader implements DialectReader {
  private readonly turn: DialectTurn
  private readonly blocks = new Map<number, Block>()
  private messageId = 'message'
  private model: string | undefined
  private startUsage: unknown
  private batch: number | undefined
  private readonly told = new Set<string>()

  constructor(
    private readonly context: DecodeContext,
    private readonly counters: RunCounters,
  ) {
    this.turn = new DialectTurn(context)
  }

  event(_name: string, value: Json): void {
    const index = countField(value, 'index') ?? 0
    switch (value['type']) {
      case 'message_start':
        this.start(field(value, 'message'))
        break
      case 'content_block_start':
        this.blockStart(index, field(value, 'content_block'))
        break
      case 'content_block_delta':
        this.blockDelta(this.blocks.get(index), field(value, 'delta'))
        break
      case 'content_block_stop':
        this.blockStop(index)
        break
      case 'message_delta':
        this.usage(field(value, 'usage'))
        break
      case 'title':
        this.turn.status('title', { detail: textField(value, 'title') })
        break
      case 'message_stop':
        this.turn.complete()
        break
      case 'error': {
        const error = field(value, 'error')
        this.turn.fail(textField(error, 'type') ?? 'stream_error', textField(error, 'message') ?? 'no reason given')
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
    this.messageId = textField(message, 'id') ?? textField(message, 'uuid') ?? this.messageId
    this.model = textField(message, 'model')
    this.turn.model(this.model)
    this.startUsage = field(message, 'usage')
  }

  private blockStart(index: number, begun: unknown): void {
    const type = textField(begun, 'type') ?? ''
    const id = textField(begun, 'id') ?? textField(begun, 'tool_use_id')
    const name = textField(begun, 'name') ?? (type === 'web_search_tool_result' ? 'web_search' : 'tool')
    this.blocks.set(index, { type, id, name, begun, fragments: [] })
    if (type === 'text') this.text(textField(begun, 'text'))
    if (isCall(type)) this.tool('started', name, id, undefined)
  }

  private blockDelta(block: Block | undefined, delta: unknown): void {
    switch (field(delta, 'type')) {
      case 'text_delta':
        this.text(textField(delta, 'text'))
        break
      case 'input_json_delta':
        block?.fragments.push(textField(delta, 'partial_json') ?? '')
        break
      case 'thinking_summary_delta':
        this.thinking(textField(field(delta, 'summary'), 'summary') ?? textField(delta, 'summary'))
        break
      case 'citations_delta':
      case 'citation_start_delta':
        this.citation(field(delta, 'citation'))
    }
  }

  private blockStop(index: number): void {
    const block = this.blocks.get(index)
    this.blocks.delete(index)
    if (block === undefined) return
    const { type, id, name, begun, fragments } = block
    const streamed = parsedOrText(fragments.join(''))
    if (isCall(type)) this.called(name, id, streamed ?? nonEmpty(field(begun, 'input')))
    else if (type.endsWith('tool_result')) this.answered(name, id, streamed ?? field(begun, 'content'), begun)
  }

  private called(name: string, id: string | undefined, input: unknown): void {
    this.tool('completed', name, id, { input: rawCopy(input, MAX_OUTPUT_CHARS) })
    const query = textField(input, 'query')
    if (!/search/.test(name) || query === undefined) return
    this.batch = this.counters.nextBatch()
    const data = { query, index: this.counters.nextQuery(), batch: this.batch, message_id: this.messageId }
    this.context.emit({ phase: 'search_query', data: { ...data, route: 'tool_input' } })
  }

  private answered(name: string, id: string | undefined, content: unknown, begun: unknown): void {
    const code = textField(content, 'error_code')
    const isError = code !== undefined || field(begun, 'is_error') === true
    const results = Array.isArray(content) ? (content as readonly unknown[]).filter(isResult) : []
    // A search's results are events of their own.
    const output = results.length > 0 ? undefined : (code ?? rawCopy(content, MAX_OUTPUT_CHARS))
    this.tool(isError ? 'failed' : 'result', name, id, { output })
    for (const result of results) this.result(result)
  }

  private result(item: unknown): void {
    const url = textField(item, 'url')
    if (url === undefined || this.told.has(`result ${url}`)) return
    this.told.add(`result ${url}`)
    const site = field(item, 'metadata')
    const optional = {
      batch: this.batch,
      title: textField(item, 'title'),
      attribution: textField(site, 'site_name'),
      raw: pageAge(item),
    }
    const domain = domainOf(url)
    this.context.emit({
      phase: 'search_result',
      data: { url, rank: this.counters.nextRank(), domain, ...defined(optional) },
    })
  }

  private tool(
    state: 'started' | 'completed' | 'result' | 'failed',
    name: string,
    call_id: string | undefined,
    more: { input?: unknown; output?: unknown } | undefined,
  ): void {
    this.context.emit({ phase: 'tool_use', data: { name, state, ...defined({ call_id, ...more }) } })
  }

  private text(text: string | undefined): void {
    if (text !== undefined) this.context.emit({ phase: 'assistant_delta', data: { text, message_id: this.messageId } })
  }

  private thinking(detail: string | undefined): void {
    if (detail !== undefined) this.turn.status('reasoning', { detail })
  }

  private citation(citation: unknown): void {
    const sources = listField(citation, 'sources').map((source) => textField(source, 'url'))
    const url = textField(citation, 'url') ?? sources.find((found) => found !== undefined)
    if (url === undefined) return
    const optional = { title: textField(citation, 'title'), snippet: textField(citation, 'cited_text') }
    const data = { url, index: this.counters.nextCitation(), kind: 'webpage', ...defined(optional) }
    this.context.emit({ phase: 'citation', data })
  }

  /** `message_delta` counts the whole answer; what it leaves out, `message_start` said. */
  private usage(usage: unknown): void {
    const count = (name: string): number | undefined => countField(usage, name) ?? countField(this.startUsage, name)
    const output_tokens = countField(usage, 'output_tokens')
    const input_tokens = count('input_tokens')
    if (output_tokens === undefined || input_tokens === undefined) return
    const optional = {
      model: this.model,
      cache_read_tokens: count('cache_read_input_tokens'),
      cache_write_tokens: count('cache_creation_input_tokens'),
    }
    const data = { input_tokens, output_tokens, cost_basis: 'unknown' as const, ...defined(optional) }
    this.context.emit({ phase: 'usage', data })
  }
}

function isCall(type: string): boolean {
  return type === 'tool_use' || type === 'server_tool_use'
}

function isResult(item: unknown): boolean {
  return textField(item, 'url') !== undefined
}

function pageAge(item: unknown): unknown {
  const page_age = textField(item, 'page_age')
  return page_age === undefined ? undefined : { page_age }
}

function nonEmpty(input: unknown): unknown {
  return isObject(input) && Object.keys(input).length > 0 ? input : undefined
}
