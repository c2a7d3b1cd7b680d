import assert from 'node:assert/strict'
import { createParser } from 'eventsource-parser'
import { newSeed, randomFrom } from '../../../test/fakes/random'
import { SseDecoder, type SseEvent } from './sse'

function decode(bytes: Uint8Array, cuts: readonly number[] = [], maxChars?: number): SseEvent[] {
  const decoder = new SseDecoder(maxChars)
  const events: SseEvent[] = []
  let from = 0
  for (const to of [...cuts, bytes.length]) {
    events.push(...decoder.push(bytes.subarray(from, to)))
    from = to
  }
  return [...events, ...decoder.end()]
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('SseDecoder', () => {
  it('reads names, several data lines, comments and every kind of line end', () => {
    const text = ': hello\nevent: delta\r\ndata: a\rdata:b\n\ndata: 🦊\r\n\r\nid: 7\n\ndata\n\n'
    const expected = [
      { name: 'delta', data: 'a\nb' },
      { name: 'message', data: '🦊' },
      { name: 'message', data: '' },
    ]
    assert.deepEqual(decode(encode(text)), expected)
  })

  it('gives the same events however the bytes are cut', () => {
    const bytes = encode('event: x\r\ndata: é🦊\r\ndata: \ue200z\r\n\r\ndata: [DONE]\n\n')
    const whole = decode(bytes)
    for (let cut = 0; cut <= bytes.length; cut++) assert.deepEqual(decode(bytes, [cut]), whole, `cut at ${String(cut)}`)
  })

  const seed = newSeed()
  it(`agrees with eventsource-parser on random streams cut at random places (SEED=${String(seed)})`, () => {
    const random = randomFrom(seed)
    const pick = (items: readonly string[]): string => items[Math.floor(random() * items.length)] ?? ''
    const lines = [
      'data: x',
      'data:y',
      'data:  z ',
      'event: e',
      'event:',
      ': c',
      '',
      '',
      'data: 🦊é',
      'id: 1',
      'foo: bar',
    ]
    const others = ['data', 'data:', ':', ' data: no', 'data : no', 'event', 'retry: 5', '\u2028']
    for (let round = 0; round < 500; round++) {
      // The peer wants a stream's line ends to be of one kind, or CRLF and LF.
      const ends = pick(['\n', '\r\n', 'both']) === 'both' ? ['\n', '\r\n'] : [pick(['\n', '\r\n'])]
      const count = Math.floor(random() * 40)
      const text = Array.from({ length: count }, () => pick([...lines, ...others]) + pick(ends)).join('')
      const bytes = encode(`${text}\n\n`)
      const cuts = Array.from({ length: 8 }, () => Math.floor(random() * bytes.length)).sort((a, b) => a - b)
      const expected: SseEvent[] = []
      const parser = createParser({
        onEvent: ({ event, data }) => {
          expected.push({ name: event === undefined || event === '' ? 'message' : event, data })
        },
      })
      parser.feed(new TextDecoder().decode(bytes))
      assert.deepEqual(decode(bytes, cuts), expected, `seed ${String(seed)}, round ${String(round)}`)
    }
  })

  it('takes CR, LF and CRLF for ends of lines, also where a piece ends between them', () => {
    const expected = [
      { name: 'e', data: 'a' },
      { name: 'message', data: 'b' },
    ]
    for (const text of ['event: e\rdata: a\r\rdata: b\r\r', 'event: e\r\ndata: a\n\r\ndata: b\r\r\n']) {
      const bytes = encode(text)
      for (let cut = 0; cut <= bytes.length; cut++) {
        assert.deepEqual(decode(bytes, [cut]), expected, `cut at ${String(cut)} of ${JSON.stringify(text)}`)
      }
    }
  })

  it('ignores a byte order mark, and gives a last event without its blank line', () => {
    assert.deepEqual(decode(encode('\ufeffdata: a\n\ndata: b')), [
      { name: 'message', data: 'a' },
      { name: 'message', data: 'b' },
    ])
  })

  it('is new after its end', () => {
    const decoder = new SseDecoder()
    decoder.push(encode('event: half\ndata: a\r'))
    assert.equal(decoder.end().length, 1)
    assert.deepEqual(decoder.push(encode('\ndata: b\n\n')), [{ name: 'message', data: 'b' }])
  })

  it('takes a 20 MB event in pieces', () => {
    const decoder = new SseDecoder()
    const piece = encode('x'.repeat(16 * 1024))
    assert.deepEqual(decoder.push(encode('data: ')), [])
    for (let i = 0; i < 1280; i++) assert.equal(decoder.push(piece).length, 0)
    assert.equal(decoder.push(encode('\n\n'))[0]?.data.length, 1280 * 16 * 1024)
  })

  it('cuts what is past its bound, says so, and goes on', () => {
    const after = { name: 'message', data: 'after' }
    const bodies = [`data: a\ndata: ${'x'.repeat(200)}`, `data: ${'x'.repeat(200)}\ndata: ${'y'.repeat(200)}\nevent: e`]
    for (const body of bodies) {
      const bytes = encode(`${body}\n\ndata: after\n\n`)
      for (const cuts of [[], [50], [90, 91, 150], [200]]) {
        const [first, ...others] = decode(bytes, cuts, 100)
        assert.equal(first?.truncated, true)
        assert.ok(first.data.length > 80 && first.data.length <= 100)
        assert.deepEqual(others, [after])
      }
    }
  })

  it('does not count comments, and the bound is of one event', () => {
    const line = `data: ${'x'.repeat(60)}\n\n`
    const text = `: ${'c'.repeat(500)}\n${line}: ${'c'.repeat(500)}\n\n${line.repeat(3)}`
    assert.deepEqual(
      decode(encode(text), [300], 100).map(({ data, truncated }) => [data.length, truncated]),
      Array.from({ length: 4 }, () => [60, undefined]),
    )
  })
})
