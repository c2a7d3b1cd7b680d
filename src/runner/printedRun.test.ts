import assert from 'node:assert/strict'
import type { EndInfo, OutputContext } from '../core/source'
import type { EventDraft } from '../shared/events/schema'
import { printRun } from './printedRun'

describe('a printed run', () => {
  it('is one JSON object a line, however many come at once', async () => {
    const printed: string[] = []
    let context: OutputContext | undefined
    let end: (info: EndInfo) => void = () => undefined
    const run = await printRun(
      {
        kind: 'follow',
        open: (given) => {
          context = given
          const ended = new Promise<EndInfo>((resolve) => (end = resolve))
          return Promise.resolve({ ended, stop: () => Promise.resolve() })
        },
      },
      {
        print: (lines) => {
          printed.push(lines.toString('utf8'))
          return undefined
        },
        log: () => undefined,
      },
    )
    const texts = ['first', ',{"a":1}', 'é\u2028,', '', ',', 'x'.repeat(300_000), 'last']
    for (const text of texts) void context?.emit({ phase: 'log_line', data: { text, stream: 'file' } })
    end({ status: 'completed' })
    await run.ended
    const lines = printed.join('').split('\n')
    assert.equal(lines.pop(), '')
    const events = lines.map((line) => JSON.parse(line) as EventDraft & { readonly seq: number })
    assert.deepEqual(
      events.map(({ seq, data }) => [seq, (data as { readonly text: string }).text]),
      texts.map((text, seq) => [seq, text]),
    )
  })
})
