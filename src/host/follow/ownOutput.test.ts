import assert from 'node:assert/strict'
import path from 'node:path'
import { isOwnOutput } from './ownOutput'

describe('our own Output channels', () => {
  const window = path.resolve('/logs/window1/exthost')
  const logFolder = path.join(window, 'tapedeck.tapedeck')
  const cases: readonly (readonly [file: string, isOwn: boolean])[] = [
    ['tapedeck.tapedeck/Tapedeck Log.log', true],
    ['output_logging_20261120T033005/3-Tapedeck.log', true],
    ['output_logging_20261120T033005/3-Other.log', false],
    ['output_logging_20261120T033005/3-Tapedeck Notes.log', false],
    ['other.extension/Other.log', false],
    ['exthost.log', false],
    ['../../elsewhere/tapedeck.tapedeck/a.log', false],
  ]
  for (const [file, isOwn] of cases) {
    it(`are told from others: ${file}`, () => {
      assert.equal(isOwnOutput(logFolder, path.join(window, file)), isOwn)
    })
  }
})
