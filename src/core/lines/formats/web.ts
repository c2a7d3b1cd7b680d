/** Web servers and proxies: nginx, Apache, HAProxy. */
import { digits, level, name, quoted, status, token } from './head'
import type { PatternFormat } from './lineFormat'
import { BSD, CLF, ISO, MONTH, REST, WORD, head } from './pieces'

const APACHE_TIME = String.raw`[A-Z][a-z]{2} ${MONTH} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,12})? \d{4}`
const CLIENT = String.raw`(?<client>\S{1,255}) (?:-|(?<ident>\S{1,100})) (?:-|(?<user>\S{1,100})) \[(?<time>${CLF})\] `

export const webFormats: readonly PatternFormat[] = [
  {
    kind: 'pattern',
    id: 'access',
    name: 'nginx or Apache access log (common, combined)',
    pattern: head(
      String.raw`(?:(?<vhost>[\w.-]{1,255}:\d{1,5}) )?${CLIENT}(?<message>"(?<request>(?:[^"\\]|\\[^])*)" (?<status>[1-5]\d\d) (?:-|(?<bytes>\d{1,15}))(?: "(?:-|(?<referrer>(?:[^"\\]|\\[^])*))" "(?:-|(?<agent>(?:[^"\\]|\\[^])*))")?(?: (?<duration>\d{1,12}(?:\.\d{1,9})?)(?=\s|$))?[^]*)$`,
    ),
    levelFrom: 'status',
    refine: takeRequest,
    heads: [
      [token, ' ', token, ' ', token, ' [', { stamp: 'clf' }, '] ', quoted, ' ', status, ' ', digits],
      [token, ' ', token, ' ', token, ' [', { stamp: 'clf' }, '] ', quoted, ' ', status, ' -'],
    ],
  },
  {
    kind: 'pattern',
    id: 'nginx-error',
    name: 'nginx error log',
    starts: '0-9',
    pattern: head(
      String.raw`(?<time>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) \[(?<level>${WORD})\] (?<pid>\d{1,10})#(?<tid>\d{1,10}): (?:\*(?<connection>\d{1,19}) )?${REST}`,
    ),
    heads: [[{ stamp: 'iso' }, ' [', level, '] ', digits, '#', digits, ': ']],
  },
  {
    kind: 'pattern',
    id: 'apache-error',
    name: 'Apache error log',
    starts: '[',
    pattern: head(
      String.raw`\[(?<time>${APACHE_TIME})\] \[(?:(?<logger>[\w-]{0,60}):)?(?<level>[a-z]{1,12}\d?)\] (?:\[pid (?<pid>\d{1,10})(?::tid (?<tid>\d{1,20}))?\] )?(?:\[(?:client|remote) (?<client>[^\]]{1,100})\] )?${REST}`,
    ),
    levels: {
      trace1: 'trace',
      trace2: 'trace',
      trace3: 'trace',
      trace4: 'trace',
      trace5: 'trace',
      trace6: 'trace',
      trace7: 'trace',
      trace8: 'trace',
    },
    heads: [
      ['[', { stamp: 'apache' }, '] [', name, ':', level, '] '],
      ['[', { stamp: 'apache' }, '] [', level, '] '],
    ],
  },
  {
    kind: 'pattern',
    id: 'haproxy',
    name: 'HAProxy (HTTP)',
    pattern: head(
      String.raw`(?:(?:${BSD}|${ISO}) (?<host>\S{1,255}) (?<logger>[\w.-]{1,60})\[(?<pid>\d{1,10})\]: )?(?<client>[\d.a-fA-F:]{2,60}) \[(?<time>${CLF})\] (?<message>(?<frontend>\S{1,100}) (?<backend>[^\s/]{1,100})/(?<server>\S{1,100}) (?<timers>-?\d{1,9}(?:/[-+]?\d{1,9}){4}) (?<status>-1|\d{3}) \+?(?<bytes>\d{1,15}) [^"]{0,200}(?:"(?<request>(?:[^"\\]|\\[^])*)"?)?[^]*)$`,
    ),
    levelFrom: 'status',
    refine: takeHaproxy,
  },
]

const REQUEST = /^([A-Z]{2,20}) (\S*)(?: (HTTP\/[\d.]{1,5}))?/

/** Of `GET /a?b HTTP/1.1` the method, the path and the protocol. */
function takeRequest(fields: Record<string, unknown>): void {
  const request = typeof fields['request'] === 'string' ? fields['request'] : ''
  const found = REQUEST.exec(request)
  if (found === null) return
  delete fields['request']
  const [, method, path, protocol] = found
  Object.assign(fields, { method, path }, protocol === undefined ? {} : { protocol })
}

/** The last of the timers is the whole duration in ms. */
function takeHaproxy(fields: Record<string, unknown>): void {
  takeRequest(fields)
  const last = /(\d+)$/.exec(typeof fields['timers'] === 'string' ? fields['timers'] : '')?.[1]
  if (last !== undefined) fields['duration'] = Number(last)
}
