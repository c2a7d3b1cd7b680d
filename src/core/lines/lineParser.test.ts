import assert from 'node:assert/strict'
import { formatSamples, sampleClock, type SampleLine } from '../../../test/fakes/lineSamples'
import { classifyLine } from './classify'
import { detectFormat } from './detectFormat'
import { builtInFormats } from './formats/table'
import { createLineParser } from './lineParser'
import type { ParsedLine } from './parsedLine'

/** As the samples have it. */
function told(text: string, { loggedAt, ...parsed }: ParsedLine): SampleLine {
  return { text, ...(loggedAt === undefined ? {} : { loggedAt: new Date(loggedAt).toISOString() }), ...parsed }
}

function parsed(lines: readonly string[], options: Parameters<typeof createLineParser>[0] = {}): ParsedLine[] {
  const parser = createLineParser({ ...sampleClock, ...options })
  return lines.map((line) => parser.parse(line))
}

describe('the parser of lines', () => {
  for (const { format, lines } of formatSamples()) {
    it(`reads and finds ${format}`, () => {
      const texts = lines.map(({ text }) => text)
      for (const options of [{ format }, {}]) {
        const parser = createLineParser({ ...sampleClock, ...options })
        assert.deepEqual(
          texts.map((text) => told(text, parser.parse(text))),
          lines,
          JSON.stringify(options),
        )
        assert.equal(parser.format?.id, format)
      }
      assert.equal(detectFormat(texts)?.id, format)
    })
  }

  it('has a sample of every format', () => {
    const sampled = new Set(formatSamples().map(({ format }) => format))
    assert.deepEqual(
      builtInFormats.map(({ id }) => id).filter((id) => !sampled.has(id)),
      [],
    )
  })

  it('agrees with what a launch says of a line that states its level', () => {
    for (const { format, lines } of formatSamples()) {
      for (const line of lines) {
        const { level } = classifyLine(line.text)
        if (level === undefined || line['continued'] === true || line['level'] === level) continue
        assert.ok(disagreeing.has(format), `${format}: ${line.text} is ${level}, here ${String(line['level'])}`)
      }
    }
  })

  it('names the zone, the year and the day that a stamp leaves out', () => {
    const of = (text: string, options: Parameters<typeof createLineParser>[0]) =>
      new Date(parsed([text], options)[0]?.loggedAt ?? Number.NaN).toISOString()
    assert.equal(of('2026-10-01 22:00:00 x', { offsetMinutes: 120 }), '2026-10-01T20:00:00.000Z')
    assert.equal(of('2026-10-01 22:00:00 -05:30 x', { offsetMinutes: 120 }), '2026-10-02T03:30:00.000Z')
    const spring = { now: Date.UTC(2026, 2, 1), offsetMinutes: 0 }
    assert.equal(of('Oct  1 22:00:00 host x: y', spring), '2025-10-01T22:00:00.000Z')
    assert.equal(of('Mar  1 12:00:00 host x: y', spring), '2026-03-01T12:00:00.000Z')
    assert.equal(of('02-29 12:00:00.000  1  1 I a: b', spring), '2024-02-29T12:00:00.000Z')
    assert.equal(of('23:59:59 x', spring), '2026-02-28T23:59:59.000Z')
    assert.equal(of('00:30:00 x', { now: Date.UTC(2026, 2, 1, 0, 10), offsetMinutes: 120 }), '2026-02-28T22:30:00.000Z')
  })

  it('takes no stamp that is none', () => {
    for (const text of ['2026-13-01 10:00:00 x', '2026-02-30 10:00:00 x', '2026-10-01 25:00:00 x', '99:00:00 x']) {
      assert.deepEqual(parsed([text]), [{ message: text }])
    }
  })

  it('keeps traces with their entry, and lets go behind them', () => {
    const lines = [
      '{"level":50,"time":1790892000123,"msg":"boom"}',
      'Traceback (most recent call last):',
      '  File "a.py", line 1, in <module>',
      '    raise ValueError("x")',
      'ValueError: x',
      'something else',
      'panic: boom',
      '',
      'goroutine 1 [running]:',
      'main.main()',
      '\t/src/main.go:3 +0x1d',
      'exit status 2',
      'something else',
      'Error: boom',
      '    at main (app.js:1:1)',
      '  at async run (node:internal:1:1)',
      '  not of it',
    ]
    const got = parsed(lines)
    assert.deepEqual(
      got.map(({ continued, level }) => `${continued === true ? '+' : ''}${level ?? ''}`),
      [
        'error',
        'error',
        '+error',
        '+error',
        '+error',
        '',
        'fatal',
        '+fatal',
        '+fatal',
        '+fatal',
        '+fatal',
        '+fatal',
        '',
        'error',
        '+error',
        '+error',
        '',
      ],
    )
  })

  it('finds the format behind a banner, and keeps to it', () => {
    const parser = createLineParser(sampleClock)
    parser.parse('  ____  demo 1.0')
    const id = () => parser.format?.id
    assert.equal(id(), undefined)
    parser.parse('22:00:00.123 [main] INFO  com.example.Demo -- started')
    assert.equal(id(), 'logback')
    parser.parse('2026-10-01 22:00:00 only a time')
    assert.equal(id(), 'logback')
  })

  it('leaves what it does not understand untouched', () => {
    const lines = [
      'hello',
      '',
      '  indented',
      '{"a":1}',
      '[1,2]',
      '{ "level": 30',
      'key=value other=1',
      'a: b',
      '\u0000\uffff',
    ]
    assert.deepEqual(
      parsed(lines),
      lines.map((message) => ({ message })),
    )
  })

  it('drops escape codes, a carriage return and a byte order mark', () => {
    assert.deepEqual(parsed(['\uFEFF2026-10-01T22:00:00Z \u001b[31mERROR\u001b[0m \u001b[1mboom\u001b[0m\r']), [
      { message: 'boom', loggedAt: Date.UTC(2026, 9, 1, 22), level: 'error' },
    ])
  })

  it('keeps a long message whole', () => {
    const long = 'x'.repeat(100_000)
    assert.equal(parsed([`2026-10-01 22:00:00 INFO ${long}`])[0]?.message, long)
    assert.equal(parsed([`{"level":30,"time":1790892000123,"msg":"${long}"}`])[0]?.message, long)
    const cut = parsed([`{"level":30,"time":1790892000123,"msg":"${long}`])[0]
    assert.deepEqual([cut?.level, cut?.loggedAt], ['info', 1790892000123])
  })

  it('says which formats there are when it is asked for another', () => {
    assert.throws(() => createLineParser({ format: 'nope' }), /no log format "nope".*logfmt/)
  })
})

/** Their letter or number counts, whatever words stand behind it. */
const disagreeing = new Set(['logcat-threadtime', 'kernel'])
