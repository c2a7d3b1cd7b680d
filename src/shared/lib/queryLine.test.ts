import assert from 'node:assert/strict'
import { parseQueryLine, type QueryTerms } from './queryLine'

const now = new Date(2026, 10, 21, 12, 0, 0).getTime()
const options = { now, caseSensitive: false, wholeWord: false }
const parse = (line: string): QueryTerms => {
  const result = parseQueryLine(line, options)
  if ('problem' in result) throw new Error(result.problem.reason)
  return result
}
const problem = (line: string) => {
  const result = parseQueryLine(line, options)
  return 'problem' in result ? result.problem : undefined
}
const text = (pattern: string, regex?: true) => ({
  pattern,
  caseSensitive: false,
  wholeWord: false,
  ...(regex === undefined ? {} : { regex }),
})

describe('the query line', () => {
  it('asks for nothing when it is empty', () => {
    assert.deepEqual(parse(''), {})
    assert.deepEqual(parse('   '), {})
  })

  it('reads the line of the handbook', () => {
    assert.deepEqual(parse('level:warn+ source:api -"health check" /timeout \\d+ms/ since:10m'), {
      levels: ['warn', 'error', 'fatal'],
      sources: ['api'],
      exclude: [text('health check')],
      include: [text('timeout \\d+ms', true)],
      time: { from: now - 600_000 },
    })
  })

  it('takes words side by side as one text, as they were typed', () => {
    assert.deepEqual(parse('request  failed'), { include: [text('request  failed')] })
    assert.deepEqual(parse('request level:error failed'), {
      levels: ['error'],
      include: [text('request'), text('failed')],
    })
    assert.deepEqual(parse('one -two three'), { include: [text('one'), text('three')], exclude: [text('two')] })
  })

  it('takes what only looks like a term as text', () => {
    for (const line of ['http://localhost:80', 'user:42', '/var/log/syslog', '-', 'a - b', 'a/b/c', '//'])
      assert.deepEqual(parse(line), { include: [text(line)] }, line)
  })

  it('keeps quotes and backslashes inside a phrase', () => {
    assert.deepEqual(parse('"say \\"hi\\" \\\\ \\d"'), { include: [text('say "hi" \\ \\d')] })
    assert.deepEqual(parse('source:"my file.log"'), { sources: ['my file.log'] })
    assert.deepEqual(parse('""'), {})
  })

  it('knows levels by their other names, lists of them, and levels to leave out', () => {
    assert.deepEqual(parse('level:W').levels, ['warn'])
    assert.deepEqual(parse('LEVEL:Error,debug').levels, ['debug', 'error'])
    assert.deepEqual(parse('-level:debug,trace'), { withoutLevels: ['trace', 'debug'] })
    assert.deepEqual(parse('level:info+ -level:error').levels, ['info', 'warn', 'fatal'])
  })

  it('reads times: ago, of the day, of a date', () => {
    assert.deepEqual(parse('since:1.5h until:90s').time, { from: now - 5_400_000, to: now - 90_000 })
    assert.deepEqual(parse('since:11:30').time, { from: new Date(2026, 10, 21, 11, 30).getTime() })
    assert.deepEqual(parse('since:23:59').time, { from: new Date(2026, 10, 20, 23, 59).getTime() }, 'of yesterday')
    assert.deepEqual(parse('since:2026-11-20').time, { from: new Date(2026, 10, 20).getTime() })
    assert.deepEqual(parse('until:2026-11-20T03:30:05Z').time, { to: Date.UTC(2026, 10, 20, 3, 30, 5) })
  })

  it('says what is wrong and where', () => {
    assert.deepEqual(problem('a level:wran'), {
      reason: 'there is no level “wran”; the levels are trace, debug, info, warn, error, fatal',
      at: 9,
    })
    assert.equal(problem('level:constructor')?.at, 7)
    assert.deepEqual(problem('a "b'), { reason: 'the quote is not closed', at: 3 })
    assert.deepEqual(problem('since: 10m'), { reason: 'since: wants a value right behind it', at: 7 })
    assert.match(problem('since:25:00')?.reason ?? '', /is no time/)
    assert.match(problem('until:soon')?.reason ?? '', /write 10m, 14:05/)
    assert.match(problem('-since:10m')?.reason ?? '', /no minus/)
    assert.deepEqual(problem('ab /x(/'), { reason: 'Unterminated group', at: 6 })
    assert.match(problem('source:,')?.reason ?? '', /name is missing/)
  })

  it('never throws, and says a place inside the line', () => {
    const signs = ['"', '/', '\\', '-', ':', ' ', 'level', 'since', 'a', '+', ',', '(', '1', 'm']
    for (let i = 0; i < 5000; i++) {
      let line = ''
      for (let n = i; n > 0; n = Math.floor(n / signs.length)) line += signs[n % signs.length] ?? ''
      const at = problem(line)?.at
      if (at !== undefined) assert.ok(at >= 1 && at <= line.length + 1, `${line}: ${String(at)}`)
    }
  })
})
