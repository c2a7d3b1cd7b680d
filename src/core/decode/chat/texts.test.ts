import assert from 'node:assert/strict'
import { newSeed, randomFrom } from '../../../../test/fakes/random'
import { CHAT_URL, play, textOfMessage, type Made, type Step } from '../../../../test/fixtures/decode/replay'
import { createWireDecoder } from '../wire'

const PATH = '/message/content/parts/0'

const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`

function begin(text: string, fields: Record<string, unknown> = {}): string {
  const content = { content_type: 'text', parts: [text] }
  const message = { id: 'm', author: { role: 'assistant' }, content, recipient: 'all', channel: 'final', ...fields }
  return event({ p: '', o: 'add', c: 1, v: { message, conversation_id: 'c' } })
}

function deltasOf(made: readonly Made[]): { text: string; rewrite?: boolean | undefined }[] {
  return made.flatMap((entry) => ('phase' in entry && entry.phase === 'assistant_delta' ? [entry.data] : []))
}

describe('the text of an answer', () => {
  it('grows a piece at a time, in time linear in its length', async () => {
    // 400,000 appends to a text of 2 MB: comparing or copying the text for each would take minutes.
    const deltas = await deltasOfLong(
      begin('') + event({ p: PATH, o: 'append', v: '' }),
      event({ v: 'abcde' }),
      400_000,
    )
    assert.equal(deltas.length, 400_000)
    assert.ok(deltas.every(({ text, rewrite }) => text === 'abcde' && rewrite === undefined))
  })

  it('costs no more where each piece comes in a patch with another change', async () => {
    const patch = [
      { p: PATH, o: 'append', v: 'abcde' },
      { p: '/message/update_time', o: 'replace', v: 1 },
    ]
    const deltas = await deltasOfLong(begin('x'.repeat(1_000_000)), event({ p: '', o: 'patch', v: patch }), 100_000)
    assert.equal(deltas.length, 100_001)
  })

  const seed = newSeed()
  it(`is the same over carriers that repeat, overtake and rewrite (SEED=${String(seed)})`, () => {
    const random = randomFrom(seed)
    for (let round = 0; round < 200; round++) {
      const { steps, text } = randomTurn(random)
      const made = play(steps)
      assert.equal(textOfMessage(made, 'm'), text, `seed ${String(seed)}, round ${String(round)}`)
      const told = deltasOf(made).filter(({ rewrite }) => rewrite === true).length
      assert.equal(told, 0, 'a text that only grows is never told again')
    }
  })
})

/** The deltas of a body that is long by repetition. It gives way now and then, so that the time limit of tests holds for it. */
async function deltasOfLong(
  first: string,
  repeated: string,
  count: number,
): Promise<{ text: string; rewrite?: boolean | undefined }[]> {
  const deltas: { text: string; rewrite?: boolean | undefined }[] = []
  const decoder = createWireDecoder({
    emit: (draft) => {
      if (draft.phase === 'assistant_delta') deltas.push(draft.data)
    },
    turn: () => undefined,
  })
  const exchange = { requestId: '1', method: 'POST', url: CHAT_URL, requestHeaders: {}, mimeType: 'text/event-stream' }
  const body = decoder.response(exchange)
  body?.push(new TextEncoder().encode(first))
  const block = new TextEncoder().encode(repeated.repeat(1000))
  for (let sent = 0; sent < count; sent += 1000) {
    body?.push(block)
    await new Promise(setImmediate)
  }
  return deltas
}

/** One growing text over two to four resumes from the beginning, each of which ends somewhere; the last one is whole. */
function randomTurn(random: () => number): { steps: Step[]; text: string } {
  const pieces = Array.from({ length: 1 + Math.floor(random() * 30) }, (_, index) => `${String(index)} 👋 `)
  const whole = [begin(''), event({ p: PATH, o: 'append', v: '' }), ...pieces.map((v) => event({ v }))]
  const carriers = 2 + Math.floor(random() * 3)
  const steps: Step[] = []
  for (let carrier = 0; carrier < carriers; carrier++) {
    const requestId = String(carrier)
    const url = carrier === 0 ? CHAT_URL : `${CHAT_URL}/resume`
    const exchange = { requestId, method: 'POST', url, postData: JSON.stringify({ conversation_id: 'c', offset: 0 }) }
    steps.push({ request: exchange }, { response: { ...exchange, status: 200, mimeType: 'text/event-stream' } })
  }
  // All are open at once; each step gives one of them its next event.
  const position = Array.from({ length: carriers }, () => 0)
  while (position.some((at) => at < whole.length)) {
    const carrier = Math.floor(random() * carriers)
    const at = position[carrier] ?? 0
    const text = whole[at]
    if (text === undefined) continue
    position[carrier] = at + 1
    steps.push({ body: String(carrier), text })
  }
  return { steps, text: pieces.join('') }
}
