import assert from 'node:assert/strict'
import { shownNote } from './shownNote'

describe('the note on how many events are shown', () => {
  it('says what narrows the list', () => {
    const none = { kinds: [], levels: [], searched: false }
    assert.equal(shownNote(202, 202, none), 'All 202 events are shown.')
    assert.equal(shownNote(41, 202, none), '41 of 202 events are shown.')
    assert.equal(
      shownNote(41, 202, { ...none, kinds: ['answer', 'network', 'body'] }),
      '41 of 202 events are shown: 3 kinds are hidden (answer, network, body).',
    )
    assert.equal(
      shownNote(0, 1202, { kinds: ['body'], levels: ['fatal', 'error'], searched: true }),
      '0 of 1,202 events are shown: 1 kind is hidden (body); only the level fatal or error; only what the search finds.',
    )
    assert.equal(
      shownNote(3, 3, { ...none, cleared: 1 }),
      'All 3 events are shown. 1 earlier event was cleared from the view.',
    )
  })
})
