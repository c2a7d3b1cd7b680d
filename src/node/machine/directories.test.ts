import assert from 'node:assert/strict'
import { homedir } from 'node:os'
import path from 'node:path'
import { dataDirectory, socketDirectory, stateDirectory } from './directories'

describe('the directories of the user', () => {
  it('are never taken from an empty or relative variable', function () {
    if (process.platform !== 'linux') this.skip()
    for (const value of ['', 'here', './here']) {
      const env = { XDG_STATE_HOME: value, XDG_DATA_HOME: value, XDG_RUNTIME_DIR: value }
      assert.equal(stateDirectory(env), path.join(homedir(), '.local', 'state', 'tapedeck'))
      assert.equal(dataDirectory(env), path.join(homedir(), '.local', 'share', 'tapedeck'))
      assert.ok(path.isAbsolute(socketDirectory(env)))
    }
    assert.equal(stateDirectory({ XDG_STATE_HOME: '/s' }), '/s/tapedeck')
  })
})
