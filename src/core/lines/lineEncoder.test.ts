import assert from 'node:assert/strict'
import { newSeed, Random } from '../../../test/fakes/random'
import { createRedactor } from '../redact/redactor'
import { EventBuffer } from '../eventBatch'
import { stripAnsi } from '../../shared/lib/ansi'
import type { EventDraft } from '../../shared/events/schema'
import { classifyLine } from './classify'
import { cleanLine } from './cleanLine'
import { LineEncoder } from './lineEncoder'

interface Line {
  readonly text: string
  readonly stream: string
  readonly level?: string
  readonly outcome?: string
  readonly unterminated?: true
  readonly cut_bytes?: number
}

class Timers {
  now = 0
  private timers: { at: number; action: () => void }[] = []
  readonly clock = {
    monotonic: () => this.now,
    after: (ms: number, action: () => void) => {
      const timer = { at: this.now + ms, action }
      this.timers.push(timer)
      return () => {
        this.timers = this.timers.filter((other) => other !== timer)
      }
    },
  }

  pass(ms: number): void {
    this.now += ms
    const due = this.timers.filter(({ at }) => at <= this.now)
    this.timers = this.timers.filter((timer) => !due.includes(timer))
    for (const { action } of due) action()
  }
}

function start(isLost: () => { count: number; bytes: number } | undefined = () => undefined) {
  const timers = new Timers()
  const buffer = new EventBuffer()
  const emitted: EventDraft[] = []
  const redactor = createRedactor()
  const seq = { next: 1 }
  const encoder = new LineEncoder(
    { stream: 'stdout' },
    {
      captureId: '2026-11-20T03-30-05Z-abc123',
      buffer,
      redactor,
      seq,
      clock: timers.clock,
      now: () => ({ ms: 1_763_609_405_000, iso: '2025-11-20T03:30:05.000Z' }),
      emit: (draft) => {
        emitted.push(draft)
      },
      didWrite: () => undefined,
      lost: isLost,
    },
  )
  const lines = (): Line[] => {
    const batch = buffer.take()
    const text = new TextDecoder('utf-8', { fatal: true }).decode(batch.bytes)
    const events = text.split('\n').filter((line) => line !== '')
    assert.equal(events.length, batch.count)
    return events.map((line) => {
      const event = JSON.parse(line.slice(1)) as { phase: string; data: Line }
      assert.equal(event.phase, 'log_line')
      return event.data
    })
  }
  return { encoder, lines, emitted, timers, seq }
}

/** What the lines must become, by the slow way alone. */
function expected(bytes: Uint8Array): Line[] {
  const redactor = createRedactor()
  const text = Buffer.from(bytes).toString('latin1')
  const pieces = text.split('\n')
  const rest = pieces.pop() ?? ''
  const toLine = (latin: string, unterminated: boolean): Line => {
    const line = latin.endsWith('\r') && !unterminated ? latin.slice(0, -1) : latin
    const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.from(line, 'latin1'))
    const shown = cleanLine(decoded)
    return {
      text: redactor.redactLine(shown),
      stream: 'stdout',
      ...classifyLine(stripAnsi(shown)),
      ...(unterminated ? { unterminated: true as const } : {}),
    }
  }
  return [...pieces.map((piece) => toLine(piece, false)), ...(rest === '' ? [] : [toLine(rest, true)])]
}

const secrets = [
  'sk-proj-abcdefghij0123456789ABCDEFGHIJ',
  '?token=abcdefghij0123456789',
  'Authorization: Bearer abcdefghij0123456789',
  'https://user:password1@host/',
  'AKIAABCDEFGHIJKLMNOP',
  'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
  'xoxb-1234567890-abcdefghij',
  'hf_abcdefghijklmnopqrstuvwxyz01234567',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abcdefghijk',
  '{"password":"hunter2000"}',
  'X-Auth-Key: abcdefghij0123456789',
  'https://h/?accessToken=abcdefghij0123456789',
]
const pieces: readonly (string | number[])[] = [
  ...[
    'hello',
    ' ',
    'worker 12',
    '"quoted"',
    '\\back\\slash',
    '\t',
    'réponse',
    '日本語',
    '🚀',
    '✓ ok',
    '✗ bad',
    '× no',
    '❌ bad',
  ],
  ...[
    'error: x',
    'ERROR',
    'warning: y',
    '0 errors',
    'PASS',
    'FAILED',
    'OK',
    'Traceback (most recent call last):',
    'E1120 03:30:05 x',
  ],
  ...[
    '\u001b[31m',
    '\u001b[0m',
    '\u001b[1;32mgreen\u001b[0m',
    '\u001b[2K',
    '\u001b]8;;https://x.y/\u001b\\link\u001b]8;;\u001b\\',
  ],
  ...[
    '\r',
    '\r\n',
    '\n',
    '\n',
    '\n',
    '\b',
    '\u0000',
    '\u0007',
    'a@b',
    'user@host:/x',
    'x'.repeat(90),
    '.'.repeat(5000),
  ],
  ...[
    '-----BEGIN RSA PRIVATE KEY-----',
    'MIIEabcdefghijklmnopqrstuvwxyz0123456789ABCD',
    '-----END RSA PRIVATE KEY-----',
  ],
  ...secrets,
  [0xff],
  [0xc3],
  [0xe2, 0x82],
  [0xf0, 0x9f],
  [0xed, 0xa0, 0x80],
  [0xc0, 0xaf],
  [0xf4, 0x90, 0x80, 0x80],
]

function randomBytes(random: Random): Buffer {
  const parts: Buffer[] = []
  for (let count = random.below(60); count > 0; count--) {
    const piece = random.pick(pieces)
    parts.push(typeof piece === 'string' ? Buffer.from(piece) : Buffer.from(piece))
    if (random.below(4) === 0) parts.push(Buffer.from('\n'))
  }
  return Buffer.concat(parts)
}

describe('lines of output', () => {
  it('are the same however the bytes are cut, by the fast way and the slow', () => {
    const seed = newSeed()
    const random = new Random(seed)
    for (let round = 0; round < 400; round++) {
      const bytes = randomBytes(random)
      const { encoder, lines } = start()
      const chunk = Buffer.alloc(70_000)
      for (let at = 0; at < bytes.length;) {
        const length = Math.min(bytes.length - at, 1 + random.below(random.pick([2, 7, 300, 60_000])))
        // One buffer for all, as the reader has it.
        bytes.copy(chunk, 0, at, at + length)
        encoder.feed(chunk.subarray(0, length))
        chunk.fill(0x21)
        at += length
      }
      encoder.end()
      assert.deepEqual(lines(), expected(bytes), `seed ${String(seed)}, round ${String(round)}`)
    }
  })

  it('never hold a secret', () => {
    for (const secret of secrets) {
      const { encoder, lines } = start()
      encoder.feed(Buffer.from(`before ${secret} after\n`))
      const [line] = lines()
      assert.match(line?.text ?? '', /\[redacted:/, secret)
    }
  })

  it('never hold a secret that colours cut', () => {
    const coloured = [
      '{\u001b[34m"accessToken"\u001b[0m:\u001b[32m"abcdefgh12345678"\u001b[0m}',
      'found \u001b[01;31m\u001b[Ksk-\u001b[m\u001b[Kproj-abcdefghij0123456789ABCDEFGHIJ',
      'found \u001b[01;31msk-\u001b[mproj-abcdefghij0123456789ABCDEFGHIJ',
      '\u001b[1mAPI_KEY\u001b[0m=\u001b[32ma1B2c3D4e5F6g7H8i9J0\u001b[0m',
      'gh\u001b[31mp_abcdefghijklmnopqrstuvwxyz0123456789\u001b[0m',
    ]
    for (const line of coloured) {
      const { encoder, lines } = start()
      encoder.feed(Buffer.from(`${line}\n`))
      assert.match(lines()[0]?.text ?? '', /\[redacted:/, line)
    }
  })

  it('are known to be partial: shown while they are written, at most ten times a second, and whole at the end', () => {
    const { encoder, lines, emitted, timers } = start()
    for (let percent = 0; percent <= 100; percent++) {
      encoder.feed(Buffer.from(`\rprogress ${String(percent)}%`))
      timers.pass(10)
    }
    const shown = emitted.filter(({ phase }) => phase === 'line_update')
    assert.ok(shown.length >= 5 && shown.length <= 11, String(shown.length))
    assert.deepEqual(lines(), [])
    encoder.feed(Buffer.from('\n'))
    assert.deepEqual(
      lines().map(({ text }) => text),
      ['progress 100%'],
    )
    encoder.feed(Buffer.from('Name: '))
    timers.pass(200)
    assert.deepEqual(emitted.at(-1), { phase: 'line_update', data: { stream: 'stdout', text: 'Name: ' } })
    encoder.end()
    assert.deepEqual(lines(), [{ text: 'Name: ', stream: 'stdout', unterminated: true }])
  })

  it('of more than 64 MiB are cut and say so', () => {
    const { encoder, lines } = start()
    const piece = Buffer.alloc(1024 * 1024, 'x')
    for (let i = 0; i < 66; i++) encoder.feed(piece)
    encoder.feed(Buffer.from('y\nnext\n'))
    const [long, next] = lines()
    assert.equal(long?.text.length, 64 * 1024 * 1024)
    assert.equal(long.cut_bytes, 2 * 1024 * 1024 + 1)
    assert.equal(next?.text, 'next')
  })

  it('behind a gap say that their beginning is missing', () => {
    let lost: { count: number; bytes: number } | undefined
    const { encoder, lines } = start(() => lost)
    encoder.feed(Buffer.from('kept\nbegun, '))
    lost = { count: 0, bytes: 0 }
    encoder.feed(Buffer.from('lost\nalso '))
    encoder.feed(Buffer.from('lost, '))
    assert.deepEqual(lost, { count: 1, bytes: 7 + 10 + 6 })
    lost = undefined
    encoder.feed(Buffer.from('the end\nwhole\n'))
    assert.deepEqual(lines(), [
      { text: 'kept', stream: 'stdout' },
      { text: 'the end', stream: 'stdout', cut_bytes: 11 },
      { text: 'whole', stream: 'stdout' },
    ])
  })

  it('tell their metrics', () => {
    const { encoder, emitted } = start()
    encoder.feed(Buffer.from("{'loss': 0.9, 'learning_rate': 5e-05, 'epoch': 0.03}\nstep 10 loss=0.5\n"))
    encoder.end()
    const values = emitted.flatMap((draft) =>
      draft.phase === 'metric' ? [`${draft.data.name} ${String(draft.data.value)}`] : [],
    )
    assert.ok(values.includes('loss 0.9') && values.includes('loss 0.5'), values.join(', '))
  })
})
