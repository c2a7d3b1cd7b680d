import assert from 'node:assert/strict'
import { browserWords, toolWords } from './captureWords'

describe('words of a capture', () => {
  it('tell what the browser did without its name', () => {
    assert.equal(browserWords('browser_closed'), 'closed')
    assert.equal(browserWords('page_loaded'), 'page loaded')
    assert.equal(browserWords('browser_'), 'browser ')
  })

  it('tell each tool once, with its calls, and no state as if it were a tool', () => {
    const call = (name: string, state: string) => ({ name, state })
    assert.equal(toolWords([call('web.run', 'result'), call('web.run', 'result')]), 'web.run 2 calls')
    assert.equal(
      toolWords([call('web.run', 'result'), call('python', 'failed'), call('web.run', 'started')]),
      'web.run 2 calls, 1 under way; python 1 call, 1 failed',
    )
    assert.equal(toolWords([]), '')
    const many = Array.from({ length: 7 }, (_, i) => call(i === 0 ? '__proto__' : String(i), 'completed'))
    assert.equal(toolWords(many), '__proto__ 1 call; 1 1 call; 2 1 call; 3 1 call; 4 1 call; 2 more')
  })
})
