import assert from 'node:assert/strict'
import { freshState, readState, type SavedState } from './savedState'

describe('saved state', () => {
  it('comes back as it was left, through JSON', () => {
    const state: SavedState = {
      ...freshState,
      run: '/w/.tapedeck/runs/x.json',
      files: '["/var/log/a.log"]',
      hidden: ['network', 'something_new'],
      levels: ['error', 'warn'],
      text: { pattern: 'a(b', caseSensitive: true, wholeWord: false, regex: true },
      anchor: { seq: 12, offset: -7 },
      follow: false,
      detail: 14,
      asideWidth: 400,
      tab: 'summary',
      timeMode: 'previous',
      zone: 'utc',
      messageOnly: true,
      folds: false,
      cleared: 9,
      onlyHits: false,
      highlights: ['timeout'],
      range: { from: 1000, to: 2000.5 },
      replay: { time: 1500, speed: 10, skipsIdle: false },
      trajectories: 'results/trajectories/a.jsonl',
      answerSource: true,
    }
    assert.deepEqual(readState(JSON.parse(JSON.stringify(state))), state)
  })

  it('forgets what it does not understand', () => {
    for (const junk of [undefined, null, 7, 'x', [], {}, { ...freshState, version: 2 }])
      assert.deepEqual(readState(junk), freshState)
    const mended = readState({
      ...freshState,
      hidden: 'network',
      levels: ['loud', 'warn'],
      text: null,
      anchor: { seq: -1, offset: 0 },
      follow: 'yes',
      detail: 1.5,
      asideWidth: 1e9,
      tab: 3,
      timeMode: 'never',
      zone: 'mars',
      messageOnly: 'yes',
      cleared: -4,
      range: { from: 5, to: 5 },
      replay: { time: null, speed: 1 },
      trajectories: '',
      answerSource: 'yes',
      run: 4,
    })
    assert.deepEqual(JSON.parse(JSON.stringify(mended)), { ...freshState, levels: ['warn'], asideWidth: 900 })
  })
})
