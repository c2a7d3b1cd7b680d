import assert from 'node:assert/strict'
import { isPlaceholder, isSlug } from './innocent'
import { createRedactor } from './redactor'

describe('values that are no secrets', () => {
  const left = [
    '{"id_token":"optional"}',
    '{"api_key":"string","client_secret":"<your client secret>","refreshToken":null}',
    '{"password":"Password","passwd":"****","apiKey":"API key"}',
    '"{\\"password\\":\\"Password\\",\\"api_key\\":\\"YOUR_API_KEY\\"}"',
    '{"password":["The password must be at least 8 characters.","It is too common."]}',
    '{"authorization":"required"} {"Authorization":"Authorization code"}',
    '{"token":"international-business-machines"}',
    '{"accessKey":"s"}',
    '{"cookie":"chocolate chip, 200 g = a lot"} {"cookies":["oat","raisin"]}',
    'https://dex.example/swap?token=USDC&amount=1',
    'https://a.example/?x=1&signature=none',
    'https://a.example/?api_key=YOUR_API_KEY and ?token=xxxxxxxx',
    'https://a.example/?state=CA&code=90210',
    'Read "Bearer authentication-token-v2-guide" first',
    'Authorization: Bearer YOUR_TOKEN, Authorization: Token required',
    'Cookie: the recipe, and Set-Cookie: how it works = well',
    'api_key = os.environ["API_KEY"], access_token=get_access_token(user_id=1), auth_token = config.auth_token',
    'https://user@host.example/ ssh://git@github.example/a1b2c3d4e5f6a7b8c9d0.git https://medium.example/@writer2026',
    'https://cdn.example/npm/package-with-a-long-name-1@2.3.4/x.js',
    'xapp-launcher and xoxc- are prefixes',
    'X-Api-Key: required, X-Session-Id: the session',
    'the password=… of a form, in a sentence; token=name',
  ]
  for (const text of left) {
    it(`leaves ${text.slice(0, 60)}`, () => {
      const redactor = createRedactor()
      assert.equal(redactor.redactText(text), text)
      assert.deepEqual(redactor.counts, {})
      const value = { nested: [text.startsWith('{') && !text.includes('} {') ? (JSON.parse(text) as unknown) : text] }
      assert.deepEqual(redactor.redactHead(value), value)
    })
  }

  it('leaves them among arguments', () => {
    const head = { command: 'run --token YOUR_TOKEN', args: ['--api-key', 'YOUR_API_KEY', '--token=<token>'] }
    assert.deepEqual(createRedactor().redactHead(head), head)
  })

  const taken = [
    'https://a.example/?verify=none',
    'https://a.example/?access_token=string&x=1',
    'https://a.example/?accessToken=YOUR_TOKEN',
    '{"access_token":"string"}',
    '{"accessToken":["none"]}',
    '{"password":"your-mum"}',
    '{"password":"yourPassword1!"}',
    '{"password":"<hunter2>"}',
    '{"password":"none of it"}',
    '{"authorization":"Token abcdefgh"}',
    '{"authorization":"abcdefgh"}',
    '{"set-cookie":["string","a=b"]}',
    '{"secret":"correct-horse-battery-staple"}',
    '{"token":"abcdefabcdefabcdef"}',
    '{"token":"123e4567-e89b-12d3-a456-426614174000"}',
    'https://a.example/?token=USDCOIN',
    'https://a.example/?sig=USDC',
    'Authorization: Bearer authentication-token-v2-guide',
  ]
  for (const text of taken) {
    it(`takes ${text}`, () => {
      assert.ok(createRedactor().redactText(text).includes('[redacted:'))
      if (!text.startsWith('{')) return
      const value = JSON.parse(text) as object
      assert.ok(JSON.stringify(createRedactor().redactHead(value)).includes('[redacted:'))
    })
  }

  it('looks at the whole value, and at no long one', () => {
    assert.ok(isPlaceholder('your_api_key_here') && isPlaceholder('XXXX') && isPlaceholder('<API token>'))
    assert.ok(!isPlaceholder('string1') && !isPlaceholder('') && !isPlaceholder('x'.repeat(1000)))
    assert.ok(isSlug('release-notes-2026') && !isSlug('abcdef') && !isSlug('a1b2-c3d4') && !isSlug('-'.repeat(100_000)))
  })
})
