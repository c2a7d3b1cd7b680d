/** Tokens and cost in words: in panel and command line alike. */
import type { TokenSummary } from '../protocol/summary'
import { formatCount } from './format'

/** "12,400 in (9,000 from cache), 800 out, $0.12 (estimated)" */
export function describeTokens(tokens: TokenSummary): string {
  const { input_tokens, output_tokens, cache_read_tokens, reasoning_tokens } = tokens
  const cached = cache_read_tokens === 0 ? '' : ` (${formatCount(cache_read_tokens)} from cache)`
  const thought = reasoning_tokens === 0 ? '' : ` (${formatCount(reasoning_tokens)} for reasoning)`
  const parts = [`${formatCount(input_tokens)} in${cached}`, `${formatCount(output_tokens)} out${thought}`]
  const cost = describeCost(tokens)
  return [...parts, ...(cost === undefined ? [] : [cost])].join(', ')
}

/** "$0.12", "$0.12 (estimated)", "$0.12 (without 3 uses of unknown price)"; undefined where nothing has a price. */
export function describeCost({ cost_usd, cost_estimated, unpriced }: TokenSummary): string | undefined {
  if (cost_usd === undefined) return undefined
  const digits = cost_usd !== 0 && Math.abs(cost_usd) < 0.1 ? 4 : 2
  const notes = [
    ...(cost_estimated === true ? ['estimated'] : []),
    ...(unpriced > 0 ? [`without ${formatCount(unpriced)} ${unpriced === 1 ? 'use' : 'uses'} of unknown price`] : []),
  ]
  return `$${cost_usd.toFixed(digits)}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`
}
