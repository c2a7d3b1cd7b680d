import assert from 'node:assert/strict'
import type { EventDraft } from '../../shared/events/schema'
import { BodyRecorder, bytesOfText, keepBody } from './bodies'

const TEXT = 'data: {"v":"grüße 🌊 漢字"}\n\n﻿data: 😺\r\n\r\n'

/** The pieces of the log put together again; each must begin where the one before it ended. */
function joined(drafts: readonly EventDraft[]): Buffer {
  let bytes = Buffer.alloc(0)
  for (const draft of drafts) {
    if (draft.phase !== 'network_body') continue
    assert.equal(draft.data.offset, bytes.length)
    const { text, base64 } = draft.data
    bytes = Buffer.concat([bytes, text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text)])
  }
  return bytes
}

function record(pieces: readonly Buffer[], keep: 'stream' | 'plain' = 'stream'): EventDraft[] {
  const drafts: EventDraft[] = []
  const body = new BodyRecorder('r', undefined, keep, (draft) => drafts.push(draft))
  for (const piece of pieces) body.push(piece)
  body.end('finished')
  return drafts
}

const random = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
const cut = (bytes: Buffer, next: () => number): Buffer[] => {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const length = 1 + Math.floor(next() * 5)
    pieces.push(bytes.subarray(at, at + length))
    at += length
  }
  return pieces
}

describe('the recorder of a body', () => {
  const seed = Date.now() >>> 0

  it(`keeps text as text, wherever it is cut (seed ${String(seed)})`, () => {
    const next = random(seed)
    for (let round = 0; round < 200; round++) {
      const drafts = record(cut(Buffer.from(TEXT), next))
      assert.equal(joined(drafts).toString(), TEXT)
      assert.ok(drafts.every((draft) => 'text' in draft.data))
    }
  })

  it(`keeps any bytes, wherever they are cut (seed ${String(seed)})`, () => {
    const next = random(seed)
    for (let round = 0; round < 200; round++) {
      const noise = Buffer.from(Array.from({ length: 60 }, () => Math.floor(next() * 256)))
      const bytes = Buffer.concat([Buffer.from('text 🌊'), noise, Buffer.from('text 🌊')])
      assert.deepEqual(joined(record(cut(bytes, next))), bytes)
    }
  })

  it('hands the bytes to the decoder as they come', () => {
    const got: string[] = []
    const decoder = {
      push: (bytes: Uint8Array) => got.push(Buffer.from(bytes).toString('hex')),
      end: (how: string) => got.push(how),
    }
    const body = new BodyRecorder('r', decoder, undefined, () => assert.fail('nothing is kept'))
    body.push(Buffer.from([0xf0, 0x9f]))
    body.push(Buffer.from([0x8c, 0x8a]))
    body.end('canceled')
    assert.deepEqual(got, ['f09f', '8c8a', 'canceled'])
  })

  it('says how much of a large body it left out, and leaves no stream out', () => {
    const pieces = Array.from({ length: 6 }, () => Buffer.alloc(1024 * 1024, 'x'))
    const drafts = record(pieces, 'plain')
    assert.equal(joined(drafts).length, 5 * 1024 * 1024)
    const dropped = drafts.find((draft) => draft.phase === 'dropped')
    assert.equal(dropped?.data.bytes, 1024 * 1024)
    assert.equal(joined(record(pieces)).length, 6 * 1024 * 1024)
  })
})

describe('keepBody', () => {
  it('follows the setting', () => {
    assert.equal(keepBody('streams', 'text/event-stream'), 'stream')
    assert.equal(keepBody('streams', 'application/json'), undefined)
    assert.equal(keepBody('all', 'application/json'), 'plain')
    assert.equal(keepBody('all', 'application/problem+json'), 'plain')
    assert.equal(keepBody('all', 'image/png'), undefined)
    assert.equal(keepBody('none', 'text/event-stream'), undefined)
  })
})

describe('bytesOfText', () => {
  it('undoes a decoding as windows-1252', () => {
    const text = 'Zu viele Anfragen – 漢字 😀 €'
    assert.equal(bytesOfText(new TextDecoder('windows-1252').decode(Buffer.from(text))).toString(), text)
  })

  it('leaves text that was decoded well', () => {
    for (const text of ['plain', 'grüße', 'naïve café', '漢字', '😀']) assert.equal(bytesOfText(text).toString(), text)
  })
})
