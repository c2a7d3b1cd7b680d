import assert from 'node:assert/strict'
import type { Row } from '../../src/shared/protocol/rows'
import { createMarker } from './marks'
import { beginOf, shortLogger, shownLine } from './shownLine'

const columns = { whole: 60, message: 40 }
const message = `${'gave up, '.repeat(20)}boom at the end`
const row: Row = {
  position: 0,
  seq: 0,
  time: 0,
  phase: 'log_line',
  level: 'error',
  logger: 'c.e.shop.PaymentClient',
  message,
  text: `2026-11-21T12:00:00.000Z ERROR 4711 --- [nio-8080] c.e.shop.PaymentClient : ${message}`,
}

function shown(pattern: string | undefined, messageOnly: boolean, of: Row = row) {
  const marker = pattern === undefined ? undefined : createMarker([{ pattern }])
  const { isMessage, line } = shownLine(of, marker, messageOnly, columns)
  assert.equal(line.pieces.map(({ text }) => text).join(''), line.plain)
  return { isMessage, plain: line.plain }
}

describe('what a row shows of its line', () => {
  it('is all of it, or its message where it is wanted and known', () => {
    assert.deepEqual(shown(undefined, false), { isMessage: false, plain: row.text })
    assert.deepEqual(shown(undefined, true), { isMessage: true, plain: message })
    const { message: _message, ...plain } = row
    assert.deepEqual(shown(undefined, true, plain), { isMessage: false, plain: row.text })
  })

  it('begins shortly before a hit that would be cut off, and at the beginning where it is seen', () => {
    for (const messageOnly of [false, true]) {
      const { plain } = shown('boom', messageOnly)
      assert.ok(plain.startsWith('…'), plain)
      assert.ok(plain.endsWith('boom at the end'), plain)
      assert.ok(plain.length <= (messageOnly ? columns.message : columns.whole), plain)
    }
    assert.equal(shown('gave', true).plain, message)
    assert.equal(shown('not there', false).plain, row.text)
  })

  it('finds what is behind the part that no screen shows', () => {
    const text = `${'x'.repeat(3000)} boom`
    assert.match(shown('boom', true, { ...row, message: text, text }).plain, /^…x+ boom$/)
    assert.match(shown('boom', false, { ...row, text: `\u001b[31m${text}\u001b[0m` }).plain, /^…x+ boom$/)
  })

  it('shows the line as it is where the hit is in what a message leaves away', () => {
    assert.deepEqual(shown('4711', true), { isMessage: false, plain: row.text })
    assert.equal(shown('PaymentClient', true).isMessage, true)
    // A word that is only highlighted changes nothing.
    const marker = createMarker([], ['4711', 'boom'])
    assert.equal(shownLine(row, marker, true, columns).line.plain, message)
  })

  it('never cuts a hit that has room, nor a character in two', () => {
    for (let length = 1; length < 300; length++)
      for (let start = 0; start < length; start++)
        for (const end of [start + 1, Math.min(length, start + 25)]) {
          const from = beginOf({ start, end }, length, 40)
          assert.ok(from <= start)
          const ellipses = (from > 0 ? 1 : 0) + (length - from + (from > 0 ? 1 : 0) > 40 ? 1 : 0)
          assert.ok(
            end - from + ellipses <= 40,
            `${String(start)} to ${String(end)} of ${String(length)} from ${String(from)}`,
          )
        }
    const text = `${'😀'.repeat(100)}boom`
    for (const one of [text, `x${text}`])
      assert.doesNotMatch(shown('boom', false, { ...row, text: one }).plain, /\p{Surrogate}/u)
  })

  it('names a logger by its last word', () => {
    for (const [name, word] of [
      ['c.e.shop.PaymentClient', 'PaymentClient'],
      ['app::server', 'server'],
      ['api', 'api'],
      ['com.', 'com.'],
    ] as const)
      assert.equal(shortLogger(name), word)
  })
})
