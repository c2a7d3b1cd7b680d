import assert from 'node:assert/strict'
import type { EventDraft } from '../../shared/events/schema'
import { createRedactor } from './redactor'

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N'
const body = (text: string, request_id = '1', offset = 0): EventDraft => ({
  phase: 'network_body',
  data: { request_id, offset, text },
})
const texts = (drafts: readonly EventDraft[]): string =>
  drafts.map((draft) => (draft.phase === 'network_body' ? (draft.data.text ?? '') : '')).join('')

describe('the redactor', () => {
  const secrets: readonly [name: string, text: string, kept: string, secret: string][] = [
    ['a JWT', `token is ${jwt}, done`, 'token is ', jwt],
    ['a bearer token', 'Authorization: Bearer abcdef0123456789abcdef', 'Authorization: Bearer ', 'abcdef0123456789'],
    ['an OpenAI key', 'key sk-proj-abcDEF0123456789abcDEF01 end', 'key ', 'sk-proj-abc'],
    ['an Anthropic key', 'sk-ant-api03-abcdefghijklmnopqrstuvwxyz', '', 'sk-ant-api03'],
    ['an AWS key', 'AKIAIOSFODNN7EXAMPLE is mine', '', 'AKIAIOSFODNN7'],
    ['a GitHub token', `ghp_${'a1B2'.repeat(9)} x`, '', 'ghp_a1B2'],
    ['a Google key', `AIza${'a1B2c'.repeat(7)} x`, '', 'AIzaa1B2'],
    ['a Slack token', 'xoxb-123456789012-abcdefghij', '', 'xoxb-1234'],
    [
      'verify= in an address',
      'wss://ws.example/p1/ws/user/u?verify=1790-abc%3D&x=1',
      'wss://ws.example/p1/ws/user/u?verify=',
      '1790-abc',
    ],
    [
      'access_token= in an address',
      'https://a.example/?a=1&access_token=zzz#f',
      'https://a.example/?a=1&access_token=',
      'zzz',
    ],
    ['a password in an address', 'http://me:geheim@host.example/', 'http://', 'geheim'],
    ['a token in JSON', '{"accessToken":"short","a":1}', '{"accessToken":"', 'short'],
    ['a token in JSON in a string', '"{\\"accessToken\\":\\"short\\",\\"a\\":1}"', '"{\\"accessToken\\":\\"', 'short'],
    [
      'a resume token',
      '{"type":"resume_conversation_token","token":"abcdefabcdefabcdef"}',
      '{"type":"resume_conversation_token","token":"',
      'abcdefabcdef',
    ],
    ['the e-mail of a session', '{"accessToken":"x","user":{"email":"me@mail.example"}}', '', 'me@mail.example'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY----- end', '', 'MIIabc'],
  ]
  for (const [name, text, kept, secret] of secrets) {
    it(`takes ${name}`, () => {
      const redactor = createRedactor()
      const clean = redactor.redactText(text)
      assert.ok(!clean.includes(secret), clean)
      assert.ok(clean.startsWith(kept), clean)
      assert.ok(clean.includes('[redacted:'))
      assert.ok(Object.values(redactor.counts).reduce((a, b) => a + b, 0) >= 1)
      assert.equal(redactor.redactText(clean), clean)
    })
  }

  const harmless = [
    'The token is the smallest unit of text; secrets of the kitchen; a password you know.',
    'the task-force of sk-learn made a sketch, risk-free, desk-12345678901234567890',
    'key=value, signature dish, verify= nothing',
    'commit 3f786850e387550fdab836ed7e6dc881de23001b, 123e4567-e89b-12d3-a456-426614174000',
    'Bearer responsibilities and Bearer of good news',
    'Cookie recipes and Authorization as a concept: 19.99 €',
    'https://shop.example/search?key=red+shoes&q=token',
    '{"email":"author@news.example","token":"hi there"}',
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4',
    'eyJust a word, AKIA is a prefix, npm_ too, hf_ as well',
  ]
  for (const text of harmless) {
    it(`leaves "${text.slice(0, 40)}…" as it is`, () => {
      const redactor = createRedactor()
      assert.equal(redactor.redactText(text), text)
      assert.deepEqual(redactor.counts, {})
    })
  }

  it('takes the bytes of a line along whose text held a secret, and a private key over many lines', () => {
    const redactor = createRedactor()
    const line = (text: string): EventDraft => ({
      phase: 'log_line',
      data: { text, stream: 'file', raw: { base64: btoa(text) } },
    })
    const secret = redactor.redact(line('bad \xff Authorization: Bearer abcdef0123456789abcdef'))
    assert.deepEqual(secret, [
      {
        phase: 'log_line',
        data: { text: 'bad \xff Authorization: Bearer [redacted:authorization]', stream: 'file', raw: '[redacted]' },
      },
    ])
    const innocent = line('bad \xff byte')
    assert.deepEqual(redactor.redact(innocent), [innocent])
    const key = [
      '-----BEGIN PRIVATE KEY-----',
      'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC',
      '-----END PRIVATE KEY-----',
      'after',
    ]
    const written = JSON.stringify(key.flatMap((text) => redactor.redact(line(text))))
    assert.ok(!written.includes('MIIEvQ') && !written.includes(btoa(key[1] ?? '')), written)
    assert.ok(written.includes('after'))
  })

  it('takes secrets out of the title that a command line makes', () => {
    const { title } = createRedactor().redactHead({ title: 'tool --user me --password hunter22 --token=hunter33' })
    assert.equal(title, 'tool --user me --password [redacted:argument] --token=[redacted:argument]')
  })

  it('takes credentials out of headers by their names, whatever their case', () => {
    const redactor = createRedactor()
    const [draft] = redactor.redact({
      phase: 'network',
      data: {
        request_id: '1',
        method: 'GET',
        url: 'https://a.example/',
        state: 'response',
        request_headers: { Authorization: 'x', cookie: 'a=b', accept: '*/*', 'openai-sentinel-proof-token': 'p' },
        response_headers: { 'Set-Cookie': 'c=d', 'content-type': 'text/html' },
      },
    })
    assert.deepEqual(draft?.data, {
      request_id: '1',
      method: 'GET',
      url: 'https://a.example/',
      state: 'response',
      request_headers: {
        Authorization: '[redacted:header:authorization]',
        cookie: '[redacted:header:cookie]',
        accept: '*/*',
        'openai-sentinel-proof-token': '[redacted:header:openai-sentinel-proof-token]',
      },
      response_headers: { 'Set-Cookie': '[redacted:header:set-cookie]', 'content-type': 'text/html' },
    })
  })

  it('gives the same object back where there is nothing to take', () => {
    const draft: EventDraft = {
      phase: 'tool_use',
      data: { name: 'web', state: 'completed', input: { queries: ['a', { b: 1 }] } },
    }
    assert.equal(createRedactor().redact(draft)[0], draft)
  })

  it('looks into nested values, and is not led to prototypes', () => {
    const input = JSON.parse(
      '{"a":[{"clientSecret":"s3cret","__proto__":{"polluted":1}}],"token":"abcdefgh12345678"}',
    ) as unknown
    const [draft] = createRedactor().redact({ phase: 'tool_use', data: { name: 'x', state: 'completed', input } })
    assert.ok(!JSON.stringify(draft).includes('s3cret'))
    assert.ok(!JSON.stringify(draft).includes('abcdefgh12345678'))
    assert.equal(({} as { polluted?: number }).polluted, undefined)
  })

  it('finds a secret that is cut anywhere over the pieces of a body', () => {
    const whole = `data: {"x":"before","accessToken":"topsecret0123456789","y":"${jwt}"}\n\ndata: after the é end\n\n`
    const expected = createRedactor().redactText(whole)
    for (let cut = 1; cut < whole.length; cut++) {
      const redactor = createRedactor()
      const first = body(whole.slice(0, cut))
      const second = body(whole.slice(cut), '1', Buffer.byteLength(whole.slice(0, cut)))
      const drafts = [...redactor.redact(first), ...redactor.redact(second), ...redactor.flush()]
      assert.equal(texts(drafts), expected, `cut at ${String(cut)}`)
    }
  })

  it('holds back at most the end of a piece, and gives it out when the request is over', () => {
    const redactor = createRedactor()
    const before = redactor.redact(body('hello wor'))
    assert.equal(texts(before), 'hello ')
    const after = redactor.redact({
      phase: 'network',
      data: { request_id: '1', method: 'GET', url: 'x', state: 'finished' },
    })
    assert.equal(texts(after), 'wor')
    assert.deepEqual(redactor.flush(), [])
  })

  it('finds a secret that is cut anywhere over the pieces of an answer', () => {
    const delta = (text: string): EventDraft => ({ phase: 'assistant_delta', data: { text, message_id: 'm' } })
    const whole = `The key is sk-proj-abcDEF0123456789abcDEF01, the token ${jwt} and Bearer abcdef0123456789abcdef. Ask risk-free.`
    const expected = createRedactor().redactText(whole)
    for (let cut = 1; cut < whole.length; cut++) {
      const redactor = createRedactor()
      const drafts = [whole.slice(0, cut), whole.slice(cut)].flatMap((text) => redactor.redact(delta(text)))
      drafts.push(...redactor.flush())
      const text = drafts.map((draft) => (draft.phase === 'assistant_delta' ? draft.data.text : '')).join('')
      assert.equal(text, expected, `cut at ${String(cut)}`)
    }
  })

  it('keeps an answer in its order: what waits goes out before what happened next, and before a rewrite', () => {
    const redactor = createRedactor()
    const delta = (text: string, rewrite?: true): EventDraft => ({
      phase: 'assistant_delta',
      data: { text, message_id: 'm', ...(rewrite && { rewrite }) },
    })
    const told = (drafts: readonly EventDraft[]): unknown[] =>
      drafts.map((draft) => (draft.phase === 'assistant_delta' ? [draft.data.text, draft.data.rewrite] : draft.phase))
    assert.deepEqual(told(redactor.redact(delta('see sk-'))), [['see ', undefined]])
    const next: EventDraft = { phase: 'tool_use', data: { name: 'web', state: 'started' } }
    assert.deepEqual(told(redactor.redact(next)), [['sk-', undefined], 'tool_use'])
    redactor.redact(delta('ey'))
    assert.deepEqual(told(redactor.redact(delta('anew', true))), [
      ['ey', undefined],
      ['anew', true],
    ])
  })

  it('holds bytes decoded, so that a secret that is cut between two base64 pieces is found', () => {
    const whole = Buffer.from(`data: {"x":"before","accessToken":"topsecret0123456789","y":1}\n\n`)
    const expected = createRedactor().redactText(whole.toString('latin1'))
    for (let cut = 1; cut < whole.length; cut++) {
      const redactor = createRedactor()
      const drafts = [whole.subarray(0, cut), whole.subarray(cut)].flatMap((bytes, i) =>
        redactor.redact({
          phase: 'network_body',
          data: { request_id: '1', offset: i === 0 ? 0 : cut, base64: bytes.toString('base64') },
        }),
      )
      drafts.push(...redactor.flush())
      let length = 0
      for (const draft of drafts) {
        assert.ok(draft.phase === 'network_body')
        length += Buffer.from(draft.data.base64 ?? '', 'base64').length
      }
      assert.equal(length, expected.length, `cut at ${String(cut)}`)
    }
  })

  it('takes who is logged in out of the body of a session address, and not out of an article', () => {
    const redactor = createRedactor()
    const url = 'https://chat.example/backend-api/me'
    redactor.redact({ phase: 'network', data: { request_id: '1', method: 'GET', url, state: 'sent' } })
    const text = '{"email":"me@mail.example"} '
    assert.equal(texts([...redactor.redact(body(text)), ...redactor.flush()]), '{"email":"[redacted:email]"} ')
    const other = createRedactor()
    assert.equal(texts([...other.redact(body(text)), ...other.flush()]), text)
  })

  it('takes secrets out of the arguments of a command', () => {
    const redactor = createRedactor()
    const head = {
      command: 'deploy --api-key=abc --verbose',
      args: ['--token', 'abc', '--name', 'x', '--password=abc', '--token', '--dry-run'],
    }
    assert.deepEqual(redactor.redactHead(head), {
      command: 'deploy --api-key=[redacted:argument] --verbose',
      args: ['--token', '[redacted:argument]', '--name', 'x', '--password=[redacted:argument]', '--token', '--dry-run'],
    })
    assert.deepEqual(redactor.counts, { argument: 3 })
  })

  it('comes to an end with hostile text', () => {
    for (const text of [
      'sk-'.repeat(300_000),
      '"token":"'.repeat(100_000),
      'eyJ'.repeat(300_000),
      '-----BEGIN PRIVATE KEY-----'.repeat(30_000),
      'a://b:'.repeat(150_000),
      '\\'.repeat(1_000_000),
      `token ${'?sig='.repeat(200_000)}`,
    ]) {
      const redactor = createRedactor()
      redactor.redactText(text)
      for (let at = 0; at < text.length; at += 65_536) redactor.redact(body(text.slice(at, at + 65_536)))
      redactor.flush()
    }
  })

  it('looks at all of a line of a log', () => {
    const redactor = createRedactor()
    const redact = (data: Extract<EventDraft, { phase: 'log_line' }>['data']): EventDraft['data'] | undefined =>
      redactor.redact({ phase: 'log_line', data })[0]?.data
    const line = { text: 'nothing', stream: 'file', source: '/a.log', logger: 'a.B', fields: { a: 1 } } as const
    assert.equal(redact(line), line)
    assert.deepEqual(redact({ ...line, fields: { password: 'geheim' } }), {
      ...line,
      fields: { password: '[redacted:secret_field]' },
    })
    for (const key of ['source', 'logger'] as const) {
      const told = JSON.stringify(redact({ ...line, [key]: `x-${jwt}` }))
      assert.ok(told.includes('[redacted:jwt]') && !told.includes(jwt), told)
    }
    // The same source again is as secret as before.
    assert.ok(!JSON.stringify(redact({ ...line, source: `x-${jwt}` })).includes(jwt))
    assert.ok(!JSON.stringify(redact({ ...line, raw: { bytes: `x\\x00${jwt}` } })).includes(jwt))
    assert.deepEqual(redact({ ...line, text: `token ${jwt}`, raw: { bytes: 'hidden' } }), {
      ...line,
      text: 'token [redacted:jwt]',
      raw: '[redacted]',
    })
  })

  it('takes a private key whole that goes over the lines of a log', () => {
    const redactor = createRedactor()
    const key = [
      '-----BEGIN PRIVATE KEY-----',
      'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC',
      'a1B2',
      '-----END PRIVATE KEY-----',
      'after',
    ]
    const texts = key.map((text) => {
      const [clean] = redactor.redact({ phase: 'log_line', data: { text, stream: 'file' } })
      return clean?.phase === 'log_line' ? clean.data.text : ''
    })
    assert.deepEqual(texts, [...Array.from({ length: 4 }, () => '[redacted:private_key]'), 'after'])
  })

  it('writes no beginning of a secret of a line that is still being written', () => {
    const update = (text: string): string =>
      createRedactor()
        .redact({ phase: 'line_update', data: { text, stream: 'file' } })
        .map(({ data }) => (data as { text: string }).text)
        .join('')
    const lines: readonly (readonly [lead: string, secret: string])[] = [
      ['Authorization: Bearer ', 'abcdefghijklmnopqr0123456789'],
      ['curl -H "Authorization: Basic ', 'dXNlcjpwYXNzd29yZDEyMw=='],
      ['got ', jwt],
      ['key ', 'sk-proj-abcDEF0123456789abcDEF01'],
      ['export API_KEY=', 'a1B2c3D4e5F6g7H8i9J0'],
      ['{"user":"me","password": "', 'correct horse battery staple'],
      ['"{\\"accessToken\\":\\"', 'a1B2c3D4e5F6g7H8i9J0'],
      ["secret: '", 'my own words'],
      ['GET https://a.example/x?access_token=', 'a1B2c3D4e5F6'],
      ['postgres://me:', 'geheim2026'],
      ['Cookie: ', 'sid=a1B2c3D4e5F6g7H8; theme=dark'],
      ['x-api-key: ', 'a1B2c3D4e5F6g7H8i9J0'],
    ]
    for (const [lead, secret] of lines) {
      for (const coloured of [false, true]) {
        // The shape of a key tells nothing: it waits once all of it is there.
        for (let length = secret === jwt || secret.startsWith('sk-') ? 3 : 1; length <= secret.length; length++) {
          const text = `${coloured ? '\u001b[1m' : ''}${lead}${coloured ? '\u001b[0m' : ''}${secret.slice(0, length)}`
          assert.ok(lead.startsWith(update(text)), text)
        }
      }
    }
  })

  it('shows what a person waits for: prompts, progress, addresses', () => {
    for (const text of [
      'Password: ',
      'Enter the API key: ',
      'Proceed? [Y/n] y',
      'progress 45% [=====-----',
      'Listening on http://localhost:3000',
      'the token is valid, the key "a" is too',
      '{"password":"x"} and on',
      '\u001b[32mgreen\u001b[0m words',
    ]) {
      const draft: EventDraft = { phase: 'line_update', data: { text, stream: 'stdout' } }
      assert.deepEqual(
        createRedactor().redact(draft),
        text.includes('"x"') ? createRedactor().redact(draft) : [draft],
        text,
      )
    }
  })

  it('looks at hostile ends of lines in linear time', () => {
    for (const piece of ['key=', 'key="', 'a://b:', 'bearer ', 'cookie: ', '__Secure-a=', '\\', '"']) {
      const text = piece.repeat(Math.ceil(200_000 / piece.length))
      createRedactor().redact({ phase: 'line_update', data: { text, stream: 'file' } })
    }
  })

  it('leaves a private key to its finished lines', () => {
    const redactor = createRedactor()
    const finished = (text: string): string =>
      redactor
        .redact({ phase: 'log_line', data: { text, stream: 'file' } })
        .map(({ data }) => (data as { text: string }).text)[0] ?? ''
    redactor.redact({ phase: 'line_update', data: { text: '-----BEGIN RSA PRIVATE KEY-----', stream: 'file' } })
    assert.equal(redactor.isInsideKey, false)
    assert.equal(finished('hello'), 'hello')
    assert.equal(finished('-----BEGIN RSA PRIVATE KEY-----'), '[redacted:private_key]')
    const [update] = redactor.redact({ phase: 'line_update', data: { text: 'MIIEow', stream: 'file' } })
    assert.deepEqual(update?.data, { text: '[redacted:private_key]', stream: 'file' })
    assert.equal(finished('MIIEowIBAAKCAQEA'), '[redacted:private_key]')
  })
})
