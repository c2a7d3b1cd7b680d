import assert from 'node:assert/strict'
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { temporaryFolder } from '../../../test/fakes/logs'
import { waysTo } from './waysTo'

describe('the ways to a file', () => {
  const folder = temporaryFolder()
  const at = (...parts: string[]): string => path.join(realpathSync(folder.path), ...parts)

  it('are its own name where there are no links, also before it is there', () => {
    assert.deepEqual(waysTo(at('x.log')), [at('x.log')])
    assert.deepEqual(waysTo(at('no', 'where', 'x.log')), [at('no', 'where', 'x.log')])
  })

  it('are all links of a chain, in folders too', () => {
    mkdirSync(at('releases', '1'), { recursive: true })
    writeFileSync(at('releases', '1', 'real.log'), '')
    symlinkSync('real.log', at('releases', '1', 'middle.log'))
    symlinkSync(path.join('releases', '1'), at('current'))
    symlinkSync(at('current', 'middle.log'), at('x.log'))
    assert.deepEqual(waysTo(at('x.log')), [
      at('x.log'),
      at('current'),
      at('releases', '1', 'middle.log'),
      at('releases', '1', 'real.log'),
    ])
  })

  it('end where links lead in a circle or nowhere', () => {
    symlinkSync('b', at('a'))
    symlinkSync('a', at('b'))
    assert.ok(waysTo(at('a')).includes(at('b')))
    symlinkSync('gone.log', at('dangling.log'))
    assert.deepEqual(waysTo(at('dangling.log')), [at('dangling.log'), at('gone.log')])
  })
})
