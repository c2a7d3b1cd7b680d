import assert from 'node:assert/strict'
import { chmodSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../../shared/userError'
import { findBrowser } from './findBrowser'
import { hasDisplay } from './launch'
import { temporaryFolder } from './testing/rig'

describe('findBrowser', () => {
  const folder = temporaryFolder()
  after(() => {
    folder.remove()
  })
  const program = (name: string): string => {
    const file = path.join(folder.path, name)
    writeFileSync(file, '')
    chmodSync(file, 0o755)
    return file
  }
  const errorOf = (action: () => unknown): UserError => {
    try {
      action()
    } catch (error) {
      assert.ok(error instanceof UserError)
      return error
    }
    return assert.fail('nothing was thrown')
  }

  it('takes the given program, and says when there is none', () => {
    const given = program('microsoft-edge-dev')
    assert.deepEqual(findBrowser(given), { path: given, name: 'Edge' })
    const plain = path.join(folder.path, 'plain')
    writeFileSync(plain, '', { mode: 0o644 })
    for (const wrong of [path.join(folder.path, 'none'), folder.path, plain]) {
      const error = errorOf(() => findBrowser(wrong))
      assert.equal(error.code, 'browser_not_found')
      assert.equal(error.kind, 'missing')
      assert.ok(error.message.includes(wrong))
    }
  })

  it('prefers Chrome to Chromium, wherever PATH has them', () => {
    const chrome = program('google-chrome-stable')
    program('chromium')
    const found = findBrowser(undefined, { PATH: folder.path }, 'linux')
    assert.deepEqual(found, { path: chrome, name: 'Chrome' })
  })

  it('takes the browser that the environment names', () => {
    const chosen = program('my-chromium')
    const found = findBrowser(undefined, { PATH: '', TAPEDECK_CHROMIUM: chosen }, 'linux')
    assert.deepEqual(found, { path: chosen, name: 'Chromium' })
  })

  it('says what was tried and how to get one', () => {
    const onWindows = errorOf(() => findBrowser(undefined, { PROGRAMFILES: 'C:\\Programs' }, 'win32'))
    assert.equal(onWindows.code, 'no_browser')
    assert.equal(onWindows.kind, 'missing')
    assert.ok(onWindows.message.includes('C:\\Programs\\Google\\Chrome\\Application\\chrome.exe'))
    assert.ok(onWindows.message.includes('tapedeck.capture.browser'))
    const onMac = errorOf(() => findBrowser(undefined, { HOME: '/nobody' }, 'darwin'))
    assert.ok(onMac.message.includes('/nobody/Applications/Google Chrome.app'))
  })
})

describe('hasDisplay', () => {
  it('needs a display server on Linux only', () => {
    assert.equal(hasDisplay({}, 'linux'), false)
    assert.equal(hasDisplay({ DISPLAY: '' }, 'linux'), false)
    assert.equal(hasDisplay({ DISPLAY: '', WAYLAND_DISPLAY: 'wayland-0' }, 'linux'), true)
    assert.equal(hasDisplay({ DISPLAY: ':99' }, 'linux'), true)
    assert.equal(hasDisplay({}, 'darwin'), true)
  })
})
