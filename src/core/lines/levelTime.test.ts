import assert from 'node:assert/strict'
import { formatSamples, sampleClock } from '../../../test/fakes/lineSamples'
import { Random } from '../../../test/fakes/random'
import { classifyLine } from './classify'
import { detectFormat } from './detectFormat'
import type { LineFormat } from './formats/lineFormat'
import { builtInFormats } from './formats/table'
import { mayStateLevel } from './levelGate'
import { createLevelTimeScanner } from './levelTime'
import { FormatParser } from './lineParser'
import { levelNumbers } from './parsedLine'

const seed = Number(process.env['TAPEDECK_SEED'] ?? Date.now() % 1_000_000)
const samples = formatSamples()
const texts = samples.flatMap(({ lines }) => lines.map(({ text }) => text))
const formats: readonly (LineFormat | undefined)[] = [
  undefined,
  ...builtInFormats,
  ...samples
    .filter(({ family }) => family === 'containers')
    .map(({ lines }) => detectFormat(lines.map(({ text }) => text))),
]

/** Scans lines of one text, laid out in one buffer with rubbish between them, and holds each against the full parser. */
function compare(format: LineFormat | undefined, lines: readonly string[], note: string): number {
  const scanner = createLevelTimeScanner(format, sampleClock)
  const parser = new FormatParser(sampleClock, format, 'no')
  const encoded = lines.map((line) => Buffer.from(line))
  const bytes = Buffer.concat(encoded.flatMap((line) => [line, Buffer.from('\n2')]))
  let at = 0
  let entries = 0
  for (const [i, line] of encoded.entries()) {
    scanner.scan(bytes, at, at + line.length)
    at += line.length + 2
    // What is no UTF-8 is the same to both.
    const { level, loggedAt, continued } = parser.parse(line.toString())
    const wanted = {
      level: level === undefined ? 0 : levelNumbers[level],
      time: loggedAt ?? Number.NaN,
      continued: continued === true,
    }
    const { level: gotLevel, time, continued: isContinued } = scanner
    assert.deepEqual(
      { level: gotLevel, time, continued: isContinued },
      wanted,
      `${note}, format ${format?.id ?? 'plain'}, line ${String(i)}: ${JSON.stringify(lines[i])}`,
    )
    if (!isContinued && (gotLevel > 0 || !Number.isNaN(time))) entries++
  }
  return entries
}

const inserted = [
  ...Array.from(' \t:[]{}()<>"\'\\=|,.;-+/0123456789TZEWIx\u0000\u001b\r\u00e9\u{1f600}\ufeff\u2028\u00a0'),
  '\u001b[31m',
  'ERROR',
  ' error ',
  'level=warn',
  '"level":40,',
  '2026-10-01T22:00:00Z',
  ' INFO ',
  '\tat x',
  '99:99:99',
]

function mutated(random: Random, line: string): string {
  let text = line
  for (let count = random.below(4); count >= 0; count--) {
    const at = random.below(text.length + 1)
    const length = random.below(8)
    const other = random.pick(texts)
    switch (random.below(7)) {
      case 0:
        text = text.slice(0, at) + text.slice(at + 1 + length)
        break
      case 1:
        text = text.slice(0, at) + random.pick(inserted) + text.slice(at)
        break
      case 2:
        text = text.slice(0, at) + random.pick(inserted) + text.slice(at + 1)
        break
      case 3:
        text = text.slice(0, at)
        break
      case 4:
        text = text.slice(0, at) + text.slice(at, at + length).repeat(random.below(4)) + text.slice(at)
        break
      case 5:
        text = text.slice(0, at) + other.slice(random.below(other.length + 1))
        break
      default:
        text = `${' '.repeat(random.below(3))}${text}`
    }
  }
  return text
}

describe('the scanner of level and time', () => {
  it('agrees with the full parser on the samples', () => {
    for (const { format, lines } of samples) {
      const all = lines.map(({ text }) => text)
      for (const one of builtInFormats.filter(({ id }) => id === format)) assert.ok(compare(one, all, 'sample') > 0)
    }
    for (const format of formats) compare(format, texts, 'all samples')
  })

  it(`agrees on what was changed anywhere (seed ${String(seed)})`, () => {
    const random = new Random(seed)
    let entries = 0
    for (let round = 0; round < 1500; round++) {
      const { format: id, lines } = random.pick(samples)
      const format =
        random.below(8) === 0
          ? formats[random.below(formats.length)]
          : random.pick(formats.filter((one) => one?.id === id))
      const text = Array.from({ length: 1 + random.below(30) }, () => {
        const source = random.below(6) === 0 ? random.pick(texts) : random.pick(lines).text
        return random.below(3) === 0 ? source : mutated(random, source)
      })
      entries += compare(format, text, `seed ${String(seed)}, round ${String(round)}`)
    }
    assert.ok(entries > 1000)
  })

  it('gives continued lines the level of their entry, or the one it was told', () => {
    const [format] = builtInFormats.filter(({ id }) => id === 'logback')
    const scanner = createLevelTimeScanner(format, sampleClock)
    const scan = (text: string) => {
      const bytes = Buffer.from(text)
      scanner.scan(bytes, 0, bytes.length)
      return [scanner.level, scanner.continued]
    }
    scanner.level = 5
    assert.deepEqual(scan('\tat com.example.Job.run(Job.java:10)'), [5, true])
    assert.deepEqual(scan('Caused by: java.io.IOException'), [5, true])
    assert.deepEqual(scan('22:00:00.123 [main] WARN  com.example.Demo - x'), [4, false])
    assert.deepEqual(scan('java.io.IOException: error'), [4, true])
    assert.deepEqual(scan('\tat x.y.Z'), [4, true])
  })
})

describe('the gate before the rules of levels', () => {
  it(`lets through every line with a level (seed ${String(seed)})`, () => {
    const random = new Random(seed)
    const words = texts.join(' ').split(/(?<=\s)/)
    const more = [
      ...[
        'Traceback (most recent call last):',
        'npm ERR! code',
        'npm WARN x',
        'level=30',
        'lvl=inf x',
        '{"lvl":"dbg"}',
      ],
      ...['a: command not found', 'Permission denied', 'Connection refused', 'Segmentation fault (core dumped)'],
      ...[
        'Killed',
        'bash: line 1: 123 Killed',
        'Aborted',
        'out of memory',
        'panicked at',
        'kernel panic',
        'x.Exception',
      ],
      ...['ERR: x', 'x ERR', '[err]', 'SEVERE: x', 'ALERT: x', 'EMERG x', '(crit)', '[12:00:00 FTL]', '[VRB]', '[TRC]'],
      ...[
        'DeprecationWarning: x',
        'uncaught exception',
        'Exception in thread',
        '3 warnings',
        'deprecated',
        'notice: x',
      ],
    ]
    for (let round = 0; round < 20_000; round++) {
      const line =
        round < more.length
          ? (more[round] ?? '')
          : Array.from({ length: random.below(12) }, () => random.pick(random.below(3) === 0 ? more : words)).join(' ')
      const bytes = Buffer.from(line)
      // What begins with a letter and a number is told by its first characters.
      if (classifyLine(line).level === undefined || /^(?:[IWEF]\d{4} |[VDIWEFA]\/|E {2})/.test(line)) continue
      assert.ok(mayStateLevel(bytes, 0, bytes.length), JSON.stringify(line))
    }
  })
})
