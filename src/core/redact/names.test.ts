import assert from 'node:assert/strict'
import type { EventDraft } from '../../shared/events/schema'
import { createRedactor } from './redactor'

const body = (text: string, offset = 0): EventDraft => ({
  phase: 'network_body',
  data: { request_id: '1', offset, text },
})
const texts = (drafts: readonly EventDraft[]): string =>
  drafts.map((draft) => (draft.phase === 'network_body' ? (draft.data.text ?? '') : '')).join('')
const whole = (text: string): string => {
  const redactor = createRedactor()
  return texts([...redactor.redact(body(text)), ...redactor.flush()])
}
const inPieces = (pieces: readonly string[]): string => {
  const redactor = createRedactor()
  let offset = 0
  const drafts = pieces.flatMap((piece) => {
    const draft = body(piece, offset)
    offset += Buffer.byteLength(piece)
    return redactor.redact(draft)
  })
  return texts([...drafts, ...redactor.flush()])
}
const LONG = 'q7Wm2Zr9Kd4Xn8Tb'

/** Each text, and its secrets, of which nothing may be left, whatever is around them. */
const leaks: readonly [text: string, ...secrets: string[]][] = [
  ['{"headers":{"Authorization":"Token hunter","Cookie":"sid=hunter; b=second"},"a":1}', 'hunter', 'second'],
  ['{"headers":{"authorization":"AWS4-HMAC-SHA256 Credential=hunter, Signature=second"}}', 'hunter', 'second'],
  ['{"api_token":"hunter","X-Api-Token" : "hunter","x-auth-key":"hunter","Private-Token":"hunter"}', 'hunter'],
  [`{"accessKey":"${LONG}","access_key":"${LONG}"}`, LONG],
  ['{"resume_conversation_token":"hunter","resumeConversationToken":"hunter"}', 'hunter'],
  [
    '"{\\"headers\\":{\\"Authorization\\":\\"Token hunter\\",\\"cookie\\":\\"sid=hunter; b=second\\"}}"',
    'hunter',
    'second',
  ],
  ['{"set-cookie":["sid=hunter; Path=/","b=second","c=third"],"a":["kept"]}', 'hunter', 'second', 'third'],
  ['{\n    "cookie": [\n            "sid=hunter",\n            "b=second"\n    ]\n}', 'hunter', 'second'],
  ['{"access_token":["hunter"],"b":1}', 'hunter'],
  ['"{\\"access_token\\": [\\"hunter\\", \\"second\\"],\\"b\\":1}"', 'hunter', 'second'],
  [`{"token":["${LONG}"]}`, LONG],
  ...['accessToken', 'refreshToken', 'idToken', 'sessionToken', 'authToken', 'apiToken', 'apiKey', 'clientSecret'].map(
    (name): [string, string] => [`see https://a.example/p?x=1&${name}=hunter&y=2 here`, 'hunter'],
  ),
  [`https://a.example/back?state=1&code=${LONG} ok`, LONG],
  [`https://a.example/back?code=${LONG}&state=1 ok`, LONG],
  [
    '> GET / HTTP/1.1\n> Cookie: sid=hunter; name=two words; o={"a":"b"}; b=second\n> Accept: */*\n',
    'hunter',
    'second',
  ],
  ['< Set-Cookie: sid="hunter two"; Path=/\r\n< x: y\r\n', 'hunter'],
  ["curl -H 'Cookie: sid=hunter; b=second' https://a.example/", 'hunter', 'second'],
  ['{"text":"so:\\nsk-proj-hunter0123456789abcdef\\u003dAKIAIOSFODNN7EXAMPLE"}', 'hunter', 'AKIA'],
  ['-----BEGIN RSA PRIVATE KEY-----\nhunter\n-----END RSA PRIVATE KEY----- end', 'hunter'],
  ['{"password":"hunter two words","a":1}', 'hunter', 'words'],
  ['{"log":"GET /\\r\\nCookie: sid=hunter; b=second\\r\\nHost: a"}', 'hunter', 'second'],
  ['access_token=hunter', 'hunter'],
  ['password=hunter&user=me', 'hunter'],
  ['{"postData":"refresh_token=hunter&grant_type=refresh_token"}', 'hunter'],
  [`clone https://${LONG}abcd@git.example/a.git now`, LONG],
  ['clone https://:hunter@git.example/a.git https://hunter:@git.example/b', 'hunter'],
  [`[default]\naws_access_key_id = x\naws_secret_access_key = ${LONG}/${LONG}+ab\nregion = eu\n`, LONG],
  ['aws_secret_access_key=abcdefghijklmnopqrst/abcdefghijklmnopqrs\n', 'abcdefghij'],
  [`SOME_API_KEY=${LONG}\nAUTH_TOKEN="${LONG}"\n`, LONG],
  [`export xoxc-123456789012-abcdefghij and xapp-1-A0123-4567-abcdef done`, '123456789012', 'A0123'],
  [`X-Api-Token: ${LONG}\nX-Auth-Key: ${LONG}\nPrivate-Token: ${LONG}\nX-Session-Id: ${LONG}\n`, LONG],
  ['Authorization: Token hunter2-words-2026\n', 'hunter2'],
  ["fetch(u, { headers: { 'Authorization': 'Bearer my-dev-token-v2' } })", 'my-dev-token'],
]

describe('secrets told by their names', () => {
  for (const [text, ...secrets] of leaks) {
    it(`takes them out of ${JSON.stringify(text).slice(0, 70)}`, () => {
      const clean = whole(text)
      for (const secret of secrets) assert.ok(!clean.includes(secret), clean)
      assert.ok(clean.includes('[redacted:'), clean)
      assert.equal(createRedactor().redactText(clean), clean, 'once is enough')
    })

    it(`takes them wherever a stream is cut, out of ${JSON.stringify(text).slice(0, 50)}`, () => {
      for (const around of [`${text}\n\ndata: after `, `data: {"x":"é"} ${LONG}\n\n${text}\n\ndata: after `]) {
        const expected = whole(around)
        for (const step of [1, 2, 3, 7]) {
          const pieces = Array.from({ length: Math.ceil(around.length / step) }, (_, i) =>
            around.slice(i * step, (i + 1) * step),
          )
          assert.equal(inPieces(pieces), expected, `by ${String(step)}`)
        }
        for (let cut = 1; cut < around.length; cut++) {
          assert.equal(inPieces([around.slice(0, cut), around.slice(cut)]), expected, `cut at ${String(cut)}`)
        }
      }
    })
  }

  it('leaves a JSON text one, with its other members', () => {
    const text =
      '{"set-cookie":["a=b","c=d"],"cookie":"a=b","Authorization":"Token x","idToken":["y"],"kept":["a","b"]}'
    assert.deepEqual(JSON.parse(whole(text)), {
      'set-cookie': ['[redacted:json_secret]'],
      cookie: '[redacted:json_cookie]',
      Authorization: '[redacted:json_secret]',
      idToken: ['[redacted:json_secret]'],
      kept: ['a', 'b'],
    })
  })

  it('takes them out of values and request headers', () => {
    const input = {
      cookie: 'sid=hunter',
      cookies: ['sid=hunter', 'plain'],
      access_token: ['hunter', 'hunter'],
      accessKey: LONG,
      Authorization: 'Token hunter',
      recipe: { cookie: 'chocolate chip' },
    }
    const [tool] = createRedactor().redact({ phase: 'tool_use', data: { name: 'x', state: 'completed', input } })
    const secret = '[redacted:secret_field]'
    assert.deepEqual(tool?.phase === 'tool_use' ? tool.data.input : undefined, {
      cookie: secret,
      cookies: [secret, 'plain'],
      access_token: [secret, secret],
      accessKey: secret,
      Authorization: secret,
      recipe: { cookie: 'chocolate chip' },
    })
    const names = ['X-Api-Token', 'X-Auth-Key', 'Private-Token', 'X-Session-Id']
    const request_headers = { ...Object.fromEntries(names.map((name) => [name, 'hunter'])), 'X-Session': 'kept' }
    const [request] = createRedactor().redact({
      phase: 'network',
      data: { request_id: '1', method: 'GET', url: 'https://a.example/', state: 'sent', request_headers },
    })
    assert.ok(!JSON.stringify(request).includes('hunter'))
    assert.ok(JSON.stringify(request).includes('kept'))
  })

  it('takes the first field of a frame, which is a whole message, and not of what goes on in a stream', () => {
    const frame: EventDraft = {
      phase: 'network_body',
      data: { request_id: '1', offset: 900, text: 'access_token=hunter', direction: 'received' },
    }
    assert.equal(texts(createRedactor().redact(frame)), 'access_token=[redacted:form_field]')
    assert.equal(inPieces(['call(x, ', 'access_token=name) ']), 'call(x, access_token=name) ')
  })

  it('costs linear time with hostile text', () => {
    const shapes = [
      '"set-cookie":["',
      '"set-cookie":["a","',
      '\\"access_token\\":[\\"',
      '"cookie":"a=',
      'Cookie: a={',
      'Cookie: a="',
      'cookie: ',
      '?state=1&code=',
      '&code=abcdefghijklmnop',
      'https://a1',
      'api_key = ',
      'authorization: token ',
      '= ',
      ': ',
      'token ',
      ' password=a&',
      '"token":[  "a", \\',
      '"authorization":"',
    ]
    const time = (length: number): number => {
      const start = performance.now()
      for (const shape of shapes) {
        const text = shape.repeat(Math.ceil(length / shape.length))
        const redactor = createRedactor()
        redactor.redactText(text)
        for (let at = 0; at < text.length; at += 65_536) redactor.redact(body(text.slice(at, at + 65_536)))
        redactor.flush()
      }
      return performance.now() - start
    }
    time(10_000)
    const short = time(100_000)
    const long = time(400_000)
    assert.ok(long < 12 * short + 500, `${short.toFixed(0)} ms, and ${long.toFixed(0)} ms for four times as much`)
  })
})
