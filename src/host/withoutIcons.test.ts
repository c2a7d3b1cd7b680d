import assert from 'node:assert/strict'
import { withoutIcons } from './withoutIcons'

describe('a label without icons', () => {
  it('shows a command line as it is', () => {
    assert.equal(withoutIcons('make -j$(nproc) $(sync~spin)'), 'make -j\\$(nproc) \\$(sync~spin)')
    // The editor draws these as they are: no icon has such a name.
    assert.equal(withoutIcons('echo $(ls -l) $HOME $('), 'echo $(ls -l) $HOME $(')
  })
})
