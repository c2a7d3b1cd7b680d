import assert from 'node:assert/strict'
import type { WireDecoder } from '../../core/decode/decoder'
import { guarded } from './guardedDecoder'

const EXCHANGE = { requestId: '1', method: 'GET', url: 'http://x.example/', requestHeaders: {} }

describe('a guarded decoder', () => {
  it('tells what the decoder throws, and goes on', () => {
    const fail = (): never => {
      throw new Error('defect')
    }
    const defects: unknown[] = []
    const body = { push: fail, end: fail }
    const broken: WireDecoder = {
      request: fail,
      response: () => body,
      socketFrame: fail,
      socketClosed: fail,
      end: fail,
    }
    const decoder = guarded(broken, (error) => defects.push(error))
    decoder.request(EXCHANGE)
    const reader = decoder.response(EXCHANGE)
    reader?.push(Uint8Array.of(1))
    reader?.end('finished')
    decoder.socketFrame({ requestId: '2' }, 'x')
    decoder.socketClosed({ requestId: '2' })
    decoder.end()
    assert.equal(defects.length, 6)
    assert.equal(guarded({ ...broken, response: fail }, () => undefined).response(EXCHANGE), undefined)
  })

  it('wants no body that the decoder does not want', () => {
    const nothing = (): undefined => undefined
    const plain = { request: nothing, response: nothing, socketFrame: nothing, socketClosed: nothing, end: nothing }
    assert.equal(guarded(plain, () => assert.fail('no defect')).response(EXCHANGE), undefined)
  })
})
