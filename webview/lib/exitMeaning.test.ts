import assert from 'node:assert/strict'
import { exitMeaning } from './exitMeaning'

describe('the meaning of an exit', () => {
  it('is told for the codes that people look up', () => {
    const told = (exit_code: number) => exitMeaning({ exit_code })?.meaning
    assert.equal(told(0), 'done')
    assert.equal(told(1), 'general error')
    assert.match(told(2) ?? '', /misuse/)
    assert.match(told(126) ?? '', /not executable/)
    assert.match(told(127) ?? '', /not found/)
    assert.match(told(130) ?? '', /Ctrl-C/)
    assert.match(told(137) ?? '', /killed, often because memory/)
    assert.match(told(139) ?? '', /segmentation fault/)
    assert.match(told(143) ?? '', /SIGTERM/)
    assert.equal(told(128 + 45), 'ended by signal 45')
  })

  it('is not made up for codes of the program’s own', () => {
    for (const exit_code of [3, 42, 128, 200, 255, -1, 3_221_225_477])
      assert.deepEqual(exitMeaning({ exit_code }), { short: `exit ${String(exit_code)}` })
    assert.deepEqual(exitMeaning({ signal: 'SIGXYZ' }), { short: 'SIGXYZ' })
  })

  it('names a signal before a code, and says when the person wanted it', () => {
    assert.deepEqual(exitMeaning({ signal: 'SIGKILL', exit_code: 1 }, true), {
      short: 'SIGKILL',
      meaning: 'killed to stop it',
    })
    assert.deepEqual(exitMeaning({ exit_code: 130 }, true), {
      short: 'exit 130',
      meaning: 'stopped as asked',
      asAsked: true,
    })
    assert.match(exitMeaning({ signal: 'SIGSEGV' }, true)?.meaning ?? '', /segmentation/)
  })

  it('is nothing while the command runs', () => {
    assert.equal(exitMeaning({}), undefined)
  })
})
