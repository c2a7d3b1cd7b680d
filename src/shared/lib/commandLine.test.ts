import assert from 'node:assert/strict'
import { commandLine } from './commandLine'

describe('a command line', () => {
  it('is quoted where a shell would split it', () => {
    assert.equal(
      commandLine('python', ['train.py', '--name', 'a b', "it's", '', '$HOME']),
      `python train.py --name 'a b' 'it'\\''s' '' '$HOME'`,
    )
    assert.equal(commandLine('/opt/my tools/run', ['-v']), `'/opt/my tools/run' -v`)
  })

  it('stays as it is when it is one line already', () => {
    assert.equal(commandLine('make test | tee log'), 'make test | tee log')
    assert.equal(commandLine('make test && ls', []), 'make test && ls')
  })
})
