import assert from 'node:assert/strict'
import { newSeed, Random } from '../../../../test/fakes/random'
import { EventBuffer } from '../../eventBatch'
import type { FastLineJob } from '../fastLine'
import { HINT_LEVEL, HINT_METRIC, HINT_TEXT, hintTable } from '../lineHints'
import { LineTemplate } from '../lineTemplate'
import { scriptLines } from '../scriptLines'
import { LineKernel, createKernel } from './lineKernel'

type Way = typeof scriptLines

/** What becomes of bytes, and what was asked on the way. */
interface Outcome {
  readonly text: string
  readonly told: readonly string[]
  readonly seq: number
  readonly count: number
  readonly counts: Readonly<Record<string, number>>
}

interface Settings {
  readonly first: number
  readonly wantsMetrics: boolean
  /** The chunks that the bytes come in: lengths, repeated to the end. */
  readonly cuts: readonly number[]
  /** Where in its memory a chunk begins. */
  readonly offset: number
}

const plain: Settings = { first: 1, wantsMetrics: true, cuts: [65_536], offset: 0 }
const kernels = [true, false].map((relaxed) => LineKernel.create(relaxed))

function wayOf(kernel: LineKernel): { way: Way; forget: () => void } {
  return { way: (job, source, from, to) => kernel.lines(job, source, from, to), forget: () => kernel.forget() }
}

/** Feeds chunks; what is left of one comes before the next. Lines that need text are told and stepped over. */
function outcomeOf({ way, forget }: { way: Way; forget: () => void }, bytes: Uint8Array, settings: Settings): Outcome {
  const buffer = new EventBuffer()
  const told: string[] = []
  const seq = { next: settings.first }
  const texts: string[] = []
  const counts: Record<string, number> = {}
  let count = 0
  const take = () => {
    const batch = buffer.take()
    texts.push(Buffer.from(batch.bytes).toString('latin1'))
    count += batch.count
    // Where a segment ends is a matter of speed.
    for (const segment of batch.segments) {
      for (const [key, value] of Object.entries(segment.counts)) counts[key] = (counts[key] ?? 0) + value
    }
    batch.release()
  }
  const job: FastLineJob = {
    buffer,
    seq,
    template: new LineTemplate('2026-11-20T03-30-05Z-abc123'),
    plainEnd: Buffer.from('","stream":"stdout"}}\n'),
    now: () => ({ ms: 5, iso: '2025-11-20T03:30:05.000Z' }),
    needsText: (hint) => (hint & HINT_TEXT) !== 0 || ((hint & HINT_METRIC) !== 0 && settings.wantsMetrics),
    endFor: (hint, source, begin, end) => {
      const line = Buffer.from(source.subarray(begin, end)).toString('latin1')
      told.push(`hint ${String(hint)} of ${line}`)
      if ((hint & HINT_LEVEL) === 0) return undefined
      return {
        key: `level ${String(line.length % 3)}`,
        end: Buffer.from(`","level":"${'x'.repeat(line.length % 40)}"}\n`),
      }
    },
  }
  const memory = new Uint8Array(settings.offset + bytes.length + 65_536)
  let rest = new Uint8Array(0)
  for (let from = 0, turn = 0; from < bytes.length; turn++) {
    const length = Math.min(settings.cuts[turn % settings.cuts.length] ?? 1, bytes.length - from)
    memory.fill(0x0a)
    memory.set(rest, settings.offset)
    memory.set(bytes.subarray(from, from + length), settings.offset + rest.length)
    const to = settings.offset + rest.length + length
    forget()
    let at = settings.offset
    while (at < to) {
      const next = way(job, memory, at, to)
      if (next === at) break
      at = next
      if (next < 0) {
        at = -1 - next
        const newline = memory.subarray(0, to).indexOf(0x0a, at)
        if (newline < 0) break
        told.push(`text ${Buffer.from(memory.subarray(at, newline)).toString('latin1')}`)
        at = newline + 1
      }
      if (buffer.at >= 262_144) take()
    }
    rest = memory.slice(at, to)
    from += length
  }
  take()
  return {
    text: texts.join(''),
    told: [...told, `rest ${Buffer.from(rest).toString('latin1')}`],
    seq: seq.next,
    count,
    counts,
  }
}

function isSame(bytes: Uint8Array, settings: Settings, message: string): void {
  const wanted = outcomeOf({ way: scriptLines, forget: () => undefined }, bytes, settings)
  for (const kernel of kernels) {
    const found = outcomeOf(wayOf(kernel), bytes, settings)
    // A difference of large texts takes minutes to be drawn.
    if (found.text !== wanted.text) {
      const at = Array.from(wanted.text).findIndex((letter, index) => letter !== found.text[index])
      const around = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 200), at + 60))
      assert.fail(`${message}\nscript ${around(wanted.text)}\nkernel ${around(found.text)}`)
    }
    assert.deepEqual({ ...found, text: '' }, { ...wanted, text: '' }, message)
  }
}

const grams = Array.from(hintTable.grams)
  .filter((gram) => gram !== 0)
  .map((gram) => [24, 16, 8, 0].map((shift) => (gram >>> shift) & 0xff))

const pieces: readonly (string | readonly number[])[] = [
  ...[
    'plain words ',
    'a',
    '  ',
    '"quoted" ',
    '\\',
    '""""""',
    '\t',
    '\t\t',
    'réponse',
    '日本語',
    '🚀🚀',
    '✓',
    '✗',
    '×',
    '\u0085',
  ],
  ...[
    '\u001b[31m',
    '\u001b[0m',
    '\u001b[m',
    '\u001b[38;5;120;48:2:1:2:3m',
    '\u001b[2K',
    '\u001b]0;t\u0007',
    '\u001b[' + '1;'.repeat(20) + 'm',
  ],
  ...[
    '\r\n',
    '\r',
    '\n',
    '\n\n',
    '\0',
    '\b',
    '\u007f',
    '@',
    'E1120 ',
    'W/',
    'I ',
    "{'",
    '.'.repeat(100),
    'x'.repeat(4090),
    '"'.repeat(300),
  ],
  ...[
    [0xff],
    [0xc3],
    [0xe2, 0x82],
    [0xf0, 0x9f],
    [0xed, 0xa0, 0x80],
    [0xc0, 0xaf],
    [0xf4, 0x90, 0x80, 0x80],
    [0xe0, 0x80, 0x80],
    [0x80],
  ],
  ...[
    [0xf0, 0x80, 0x80, 0x80],
    [0xf4, 0x8f, 0xbf, 0xbf],
    [0xed, 0x9f, 0xbf],
    [0xc2, 0x80],
    [0xdf, 0xbf],
    [0xef, 0xbf, 0xbf],
  ],
]

/** Text of any kind: what is usual often, what is strange now and then. */
function randomText(random: Random): Buffer {
  const parts: Buffer[] = []
  const strange = random.pick([0, 0, 3, 10, 40])
  for (let count = random.below(random.pick([4, 60, 400])); count > 0; count--) {
    const kind = random.below(100)
    if (kind < strange) parts.push(Buffer.from(random.pick(pieces) as string))
    else if (kind < strange + 2) parts.push(Buffer.from(random.pick(grams)))
    else if (kind < strange + 20) parts.push(Buffer.from('\n'))
    else if (strange === 40 && kind < 65) parts.push(Buffer.from([random.below(256)]))
    else
      parts.push(
        Buffer.from(
          'what "happens" now: 0123456789 \u001b[1mqux\u001b[0m vwz é \\ '
            .slice(random.below(40))
            .slice(0, random.below(60)),
        ),
      )
  }
  return Buffer.concat(parts)
}

describe('the line kernel', () => {
  it('makes of random output what the script makes, however it is cut', () => {
    const seed = newSeed()
    const random = new Random(seed)
    for (let round = 0; round < 600; round++) {
      const bytes = randomText(random)
      const largest = random.pick([1, 3, 40, 1000, 70_000])
      const cuts = Array.from({ length: 5 }, () => 1 + random.below(largest))
      const first = random.pick([1, 8, 95, 999_990, 4_294_967_290])
      const settings = {
        first,
        wantsMetrics: random.below(2) === 0,
        cuts: bytes.length > 5000 ? [3000] : cuts,
        offset: random.below(40),
      }
      isSame(bytes, settings, `seed ${String(seed)}, round ${String(round)}`)
    }
  })

  it('does so for lines of every length', () => {
    const lines = Array.from({ length: 4101 }, (_, length) =>
      Buffer.from(`${'abcdefgh"'.repeat(456).slice(0, length)}\n`),
    )
    isSame(Buffer.concat(lines), plain, 'one behind the other')
    for (const length of [0, 1, 15, 16, 17, 4094, 4095, 4096, 4097, 4100, 65_534, 65_535, 65_536, 65_537, 140_000]) {
      for (const letter of ['a', 'é', '"', '\u001b[m']) {
        const text = Buffer.from(letter.repeat(length)).subarray(0, length)
        isSame(
          Buffer.concat([text, Buffer.from('\nnext\n')]),
          { ...plain, cuts: [200_000] },
          `${letter} ${String(length)}`,
        )
      }
    }
  })

  it('does so for every byte, and every pair of strange ones, at every place of a block', () => {
    const all: Buffer[] = []
    const strange = [
      ...Array.from({ length: 0x20 }, (_, byte) => byte),
      0x22,
      0x40,
      0x5c,
      0x6d,
      0x7f,
      0xc3,
      0xa9,
      0xe2,
      0x9c,
      0xf0,
      0x5b,
    ]
    for (let place = 0; place < 18; place++) {
      for (let byte = 0; byte < 256; byte++)
        all.push(Buffer.from(`${'-'.repeat(place)}${String.fromCharCode(byte)}z\n`, 'latin1'))
      for (const one of strange)
        for (const two of strange) {
          all.push(Buffer.from(`${'-'.repeat(place)}${String.fromCharCode(one, two)}zz\n`, 'latin1'))
        }
    }
    isSame(Buffer.concat(all), { ...plain, cuts: [60_000] }, 'bytes')
  })

  it('finds every hint at every place, in both cases, at a line’s begin and end and behind a colour', () => {
    const all: Buffer[] = []
    for (const [index, gram] of grams.entries()) {
      const text = Buffer.from(gram)
      const upper = Buffer.from(text.toString('latin1').toUpperCase(), 'latin1')
      for (let place = 0; place < 20; place++) {
        const before = Buffer.alloc(place, 0x2d)
        for (const word of [text, upper]) {
          all.push(Buffer.concat([before, word, Buffer.from('\n')]), Buffer.concat([before, word, Buffer.from('q\n')]))
          // Of a gram that begins with a space the space may be missing there; of any other it must not.
          const colour = Buffer.from('\u001b[1m')
          all.push(Buffer.concat([before, colour, word.subarray(index % 2), Buffer.from('\n')]))
          all.push(Buffer.concat([before, colour, word.subarray(1), Buffer.from('q\n')]))
        }
      }
      all.push(
        Buffer.concat([text.subarray(1), Buffer.from('\n')]),
        Buffer.concat([text.subarray(1), Buffer.from(' q\n')]),
      )
    }
    isSame(Buffer.concat(all), { ...plain, wantsMetrics: false, cuts: [60_000] }, 'hints')
    assert.ok(
      grams.every(([first, second]) => first !== 0x20 || second !== 0x20),
      'a gram begins with two spaces',
    )
  })

  it('is not there where WebAssembly is not', () => {
    const engine = Object.getOwnPropertyDescriptor(globalThis, 'WebAssembly')
    assert.ok(engine !== undefined && createKernel() !== undefined)
    Object.defineProperty(globalThis, 'WebAssembly', { value: undefined, configurable: true, writable: true })
    try {
      assert.equal(createKernel(), undefined)
    } finally {
      Object.defineProperty(globalThis, 'WebAssembly', engine)
    }
  })
})
