/** Adds up what a model used and what it cost. */
import type { AnyEvent } from '../../shared/events/schema'
import type { TokenSummary } from '../../shared/protocol/summary'
import { amountOf, countOf } from './values'

export const noTokens: TokenSummary = {
  input_tokens: 0,
  output_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  reasoning_tokens: 0,
  unpriced: 0,
}

/** @param data of a `usage` event */
export function addUsage(before: TokenSummary, data: AnyEvent['data']): TokenSummary {
  const cost = amountOf(data['cost_usd'])
  const isEstimated = before.cost_estimated === true || (cost !== undefined && data['cost_basis'] !== 'recorded')
  const costs = cost === undefined ? before.cost_usd : (before.cost_usd ?? 0) + cost
  return {
    input_tokens: before.input_tokens + countOf(data['input_tokens']),
    output_tokens: before.output_tokens + countOf(data['output_tokens']),
    cache_read_tokens: before.cache_read_tokens + countOf(data['cache_read_tokens']),
    cache_write_tokens: before.cache_write_tokens + countOf(data['cache_write_tokens']),
    reasoning_tokens: before.reasoning_tokens + countOf(data['reasoning_tokens']),
    ...(costs === undefined ? {} : { cost_usd: costs }),
    ...(isEstimated ? { cost_estimated: true } : {}),
    unpriced: before.unpriced + Number(cost === undefined),
  }
}
