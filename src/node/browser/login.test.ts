import assert from 'node:assert/strict'
import { apiOf, isLoginAddress, loginState } from './login'

describe('the login state', () => {
  const nothing = { profile: false, login: false }

  it('is told by two signals, never by one', () => {
    assert.equal(loginState({ ...nothing, session: true }), undefined)
    assert.equal(loginState({ ...nothing, session: true, profile: true }), 'authenticated')
    assert.equal(loginState({ ...nothing, cookie: true, api: 'logged_in' }), 'authenticated')
    assert.equal(loginState({ ...nothing, login: true }), undefined)
    assert.equal(loginState({ ...nothing, login: true, session: false }), 'logged_out')
    assert.equal(loginState({ ...nothing, session: false, api: 'logged_out' }), 'logged_out')
  })

  it('is not told where the signals contradict each other', () => {
    assert.equal(loginState({ session: false, cookie: true, profile: true, login: true }), undefined)
  })

  it('knows the addresses of the APIs and of login pages', () => {
    assert.equal(apiOf('https://chat.example/backend-api/me'), 'logged_in')
    assert.equal(apiOf('https://chat.example/backend-anon/f/conversation'), 'logged_out')
    assert.equal(apiOf('https://chat.example/assets/backend-api.js'), undefined)
    for (const url of [
      'https://auth.chat.example/u/x',
      'https://chat.example/auth/login',
      'https://x.example/log-in?a=b',
    ])
      assert.ok(isLoginAddress(url), url)
    for (const url of ['https://chat.example/', 'https://chat.example/c/authors', 'https://x.example/?next=/login'])
      assert.ok(!isLoginAddress(url), url)
  })
})
