import assert from 'node:assert/strict'
import { shortNames } from './shortNames'

describe('short names', () => {
  it('are the last parts, with folders where those are the same', () => {
    assert.deepEqual(shortNames(['/var/log/app.log']), ['app.log'])
    assert.deepEqual(shortNames(['/a/one/app.log', '/a/two/app.log', '/a/db.log']), [
      'one/app.log',
      'two/app.log',
      'db.log',
    ])
    assert.deepEqual(shortNames(['/x/a/l/app.log', '/x/b/l/app.log']), ['a/l/app.log', 'b/l/app.log'])
    assert.deepEqual(shortNames(['C:\\logs\\app.log', 'D:\\logs\\app.log']), ['C:/logs/app.log', 'D:/logs/app.log'])
  })

  it('end for equal paths, for a path that is the end of another, and for nothing', () => {
    assert.deepEqual(shortNames(['/a/x.log', '/a/x.log']), ['x.log', 'x.log'])
    assert.deepEqual(shortNames(['/x.log', '/a/x.log']), ['x.log', 'a/x.log'])
    assert.deepEqual(shortNames(['/']), ['/'])
    assert.deepEqual(shortNames([]), [])
  })
})
