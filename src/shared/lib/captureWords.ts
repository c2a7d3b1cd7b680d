/** What a capture's browser and tools did, in words. */
import type { CaptureSummary } from '../protocol/summary'
import { formatCount, plural } from './format'

/** Tools that are named. */
const TOLD = 5

/** "closed" of `browser_closed`: it stands behind the word "Browser". */
export function browserWords(status: string): string {
  return status.replace(/^browser_(?=.)/, '').replaceAll('_', ' ')
}

/** "web.run 3 calls, 1 under way; python 1 call, 1 failed": each tool once, however often it was called. */
export function toolWords(tools: CaptureSummary['tools']): string {
  const byName = new Map<string, { calls: number; open: number; failed: number }>()
  for (const { name, state } of tools) {
    const known = byName.get(name) ?? { calls: 0, open: 0, failed: 0 }
    byName.set(name, {
      calls: known.calls + 1,
      // A call that is complete waits for its result.
      open: known.open + Number(state === 'started'),
      failed: known.failed + Number(state === 'failed'),
    })
  }
  const told = [...byName]
    .slice(0, TOLD)
    .map(([name, { calls, open, failed }]) =>
      [
        `${name} ${plural(calls, 'call')}`,
        ...(open > 0 ? [`${formatCount(open)} under way`] : []),
        ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
      ].join(', '),
    )
  const more = byName.size - told.length
  return [...told, ...(more > 0 ? [`${formatCount(more)} more`] : [])].join('; ')
}
