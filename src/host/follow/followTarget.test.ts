import assert from 'node:assert/strict'
import { isSameTarget, keyOf, readTarget, titleOf, writeTarget, type FollowTarget } from './followTarget'

const pattern = { glob: 'logs/*.log', cwd: '/work' }
const targets: readonly FollowTarget[] = [
  { files: ['/work/a.log'] },
  { files: ['/work/a.log', '/work/b.log'] },
  { files: [], pattern },
  { files: ['/work/a.log'], pattern },
]

describe('what a panel follows', () => {
  it('comes back as it was left with the editor', () => {
    for (const target of targets) assert.deepEqual(readTarget(writeTarget(target)), target)
    // As the first version left it.
    assert.deepEqual(readTarget('["/work/a.log"]'), { files: ['/work/a.log'] })
    for (const other of ['', '[]', '[""]', '{}', '{"files":["/a"],"pattern":{"glob":""}}', '7'])
      assert.equal(readTarget(other), undefined, other)
  })

  it('is told apart, whatever the order of the files', () => {
    for (const a of targets) for (const b of targets) assert.equal(isSameTarget(a, b), a === b)
    assert.ok(isSameTarget({ files: ['/b', '/a'] }, { files: ['/a', '/b'] }))
    assert.ok(!isSameTarget({ files: [], pattern }, { files: [], pattern: { ...pattern, cwd: '/other' } }))
    assert.equal(new Set(targets.map(keyOf)).size, targets.length)
    // What is kept for files must be found by the versions to come.
    assert.equal(keyOf({ files: ['/a', '/b'] }), '/a\n/b')
  })

  it('has a title', () => {
    assert.deepEqual(targets.map(titleOf), ['a.log', 'a.log and 1 more', 'logs/*.log', 'logs/*.log and 1 more'])
  })
})
