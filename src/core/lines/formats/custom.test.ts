import assert from 'node:assert/strict'
import { createLevelTimeScanner } from '../levelTime'
import { createLineParser } from '../lineParser'
import { compileFormat, type CustomFormat } from './custom'

const now = Date.UTC(2026, 10, 20)

function refused(format: Partial<CustomFormat>, wanted: RegExp): void {
  assert.throws(
    () => compileFormat({ name: 'mine', pattern: '(?<message>.*)', ...format }),
    (error: Error) => {
      assert.equal(error.name, 'UserError')
      assert.match(error.message, wanted)
      return true
    },
    JSON.stringify(format),
  )
}

describe('a custom format', () => {
  it('is found, parsed and scanned like a built-in one', () => {
    const format = compileFormat({
      name: 'plant',
      pattern: String.raw`(?<time>\S+ \S+) #(?<level>\w)# <(?<logger>[^>]*)> \((?<unit>\d+)\) (?<message>.*)`,
      timeFormat: '%d.%m.%Y %H:%M:%S.%f',
      levels: { x: 'error', y: 'info' },
      sample: '01.10.2026 22:00:00.25 #X# <valve> (7) stuck',
    })
    const lines = [
      '01.10.2026 22:00:00.25 #X# <valve> (7) stuck',
      '  open: 12',
      '02.10.2026 07:00:00.5 #y# <valve> (8) fine',
    ]
    const parser = createLineParser({ formats: [format], now, offsetMinutes: 60 })
    const loggedAt = Date.UTC(2026, 9, 1, 21, 0, 0, 250)
    assert.deepEqual(
      lines.map((line) => parser.parse(line)),
      [
        { message: 'stuck', loggedAt, level: 'error', logger: 'valve', fields: { unit: '7' } },
        { message: '  open: 12', continued: true, level: 'error' },
        {
          message: 'fine',
          loggedAt: loggedAt + 9 * 3_600_000 + 250,
          level: 'info',
          logger: 'valve',
          fields: { unit: '8' },
        },
      ],
    )
    assert.deepEqual([parser.format?.id, parser.format?.name], ['custom:plant', 'plant'])
    const scanner = createLevelTimeScanner(format, { formats: [format], now, offsetMinutes: 60 })
    const bytes = Buffer.from(lines[0] ?? '')
    scanner.scan(bytes, 0, bytes.length)
    assert.deepEqual([scanner.level, scanner.time], [5, loggedAt])
  })

  it('wins over a built-in one', () => {
    const format = compileFormat({ name: 'mine', pattern: String.raw`(?<time>\S+ \S+) (?<level>\w+) (?<message>.*)` })
    const parser = createLineParser({ formats: [format], now, offsetMinutes: 0 })
    const parsed = parser.parse('2026-10-01 22:00:00 ERROR boom')
    assert.deepEqual(parsed, { message: 'boom', loggedAt: Date.UTC(2026, 9, 1, 22), level: 'error' })
    assert.equal(parser.format?.name, 'mine')
  })

  it('reads times as strptime does', () => {
    const read = (timeFormat: string, text: string) => {
      const format = compileFormat({ name: 'mine', pattern: '(?<time>.{1,60})', timeFormat, sample: text })
      return new Date(
        createLineParser({ formats: [format], now, offsetMinutes: 0 }).parse(text).loggedAt ?? 0,
      ).toISOString()
    }
    assert.equal(read('%y%m%d-%H%M%S', '261001-220000'), '2026-10-01T22:00:00.000Z')
    assert.equal(read('%A, %d %B %Y %I:%M:%S %p', 'Thursday, 1 October 2026 12:00:00 AM'), '2026-10-01T00:00:00.000Z')
    assert.equal(read('%d %b %H:%M:%S.%L %z', '31 Dec 23:00:00.5 +01:00'), '2025-12-31T22:00:00.500Z')
    assert.equal(read('[%s.%f]', '[1790892000.123]'), '2026-10-01T22:00:00.123Z')
    assert.equal(read('%H:%M:%S', '22:00:00'), '2026-11-19T22:00:00.000Z')
  })

  it('says what is bad in it, and where', () => {
    refused({ name: ' ' }, /has no name/)
    refused({ pattern: '(?<time>\\d+' }, /"mine" has a bad pattern: Unterminated group \(\(\?<time>/)
    refused({ pattern: 'ERROR .*' }, /bad pattern: it has no named group/)
    refused({ pattern: '(?<level>x)', sample: 'y' }, /bad pattern: it does not match its sample "y"/)
    refused({ levels: { a: 'bad' } }, /bad levels: "a" is "bad", which is none of trace, debug/)
    refused({ pattern: '(?<level>\\w+) (?<message>.*)', sample: 'FOO bar' }, /bad levels: "FOO" of its sample/)
    refused(
      { pattern: '(?<time>\\w+)', sample: 'noon' },
      /bad pattern: "noon" of its sample is not understood as a time/,
    )
    refused({ pattern: '(?<time>\\w+)', timeFormat: '%H:%M', sample: 'noon' }, /bad timeFormat: "noon" of its sample/)
    refused({ pattern: '(?<time>\\w+)', timeFormat: '%H:%Q' }, /bad timeFormat: %Q at character 4 is not known/)
    refused({ pattern: '(?<time>\\w+)', timeFormat: '%H %H' }, /bad timeFormat: %H at character 4 is there twice/)
    refused({ pattern: '(?<time>\\w+)', timeFormat: '%Y' }, /bad timeFormat: it has neither/)
    refused({ timeFormat: '%H' }, /bad timeFormat: the pattern has no group/)
  })

  it('refuses what would hang on hostile lines', () => {
    for (const pattern of [
      '(?<message>(a+)+)$',
      '(?<message>(\\w*)*)!',
      '(?<message>([a-z]+\\s?)+)$',
      '(?<message>(?:.*,){10,}x)',
      '(?<message>(?:\\d+|\\w+){20,}y)',
      '(?<a>\\w+) (?<message>(?:(?:x+)y?)+)$',
      '(?<message>(a|a)*)$',
      '(?<message>(?:\\d|\\w)+)$',
    ]) {
      refused({ pattern }, /bad pattern: (?:the repeated group at character \d+|it takes longer than)/)
    }
    refused({ pattern: '(?<a>\\w)\\1(?<message>.*)' }, /bad pattern: it refers back to a group at character 9/)
    refused(
      { pattern: '(?<a>.*)(?<b>.*)(?<c>.*)(?<d>.*)x$' },
      /bad pattern: it takes longer than 100 ms on a line of \d+ characters/,
    )
  })

  it('takes what is harmless', () => {
    for (const pattern of [
      '(?<time>[\\d: -]+) (?<level>[A-Z]+) +(?<logger>[\\w.]+): (?<message>.*)',
      '(?<tags>(?:\\[[^\\]]*\\] )*)(?<message>.*)',
      '(?<quoted>"(?:[^"\\\\]|\\\\.)*") (?<message>.*)',
      '(?<message>(?:ab){2,4}c?)',
    ]) {
      assert.equal(compileFormat({ name: 'mine', pattern }).name, 'mine')
    }
  })
})
