/** syslog as RFC 5424 and RFC 3164 have it, as rsyslog and journalctl write it to files, and the kernel's ring buffer. */
import { priority, token } from './head'
import type { PatternFormat } from './lineFormat'
import { BSD, ISO, REST, head } from './pieces'

const PRIORITY = String.raw`<(?<priority>1\d\d|[1-9]?\d)>`
/** `tag[4242]: ` */
const TAG = String.raw`(?<logger>[^\s:[\]]{1,100})(?:\[(?<pid>\d{1,10})\])?: ?`

export const syslogFormats: readonly PatternFormat[] = [
  {
    kind: 'pattern',
    id: 'syslog-5424',
    name: 'syslog (RFC 5424)',
    starts: '<',
    pattern: head(
      String.raw`${PRIORITY}1 (?:-|(?<time>${ISO})) (?:-|(?<host>\S{1,255})) (?:-|(?<logger>\S{1,100})) (?:-|(?<pid>\S{1,128})) (?:-|(?<msgid>\S{1,100}))(?: ${REST}|$)`,
    ),
    levelFrom: 'priority',
    refine: takeStructuredData,
    heads: [[priority, '1 ', { stamp: 'iso' }, ' ', token, ' ', token, ' ', token, ' ', token, ' ']],
  },
  {
    kind: 'pattern',
    id: 'syslog-3164',
    name: 'syslog (RFC 3164)',
    starts: '<A-Z',
    pattern: head(String.raw`(?:${PRIORITY})?(?<time>${BSD}) (?:(?<host>[^\s:]{1,255}) )?(?:${TAG})?${REST}`),
    levelFrom: 'priority',
    heads: [
      [{ stamp: 'bsd' }, ' '],
      [priority, { stamp: 'bsd' }, ' '],
    ],
  },
  {
    kind: 'pattern',
    id: 'syslog-iso',
    name: 'syslog (ISO time)',
    starts: '<0-9',
    pattern: head(
      String.raw`(?:${PRIORITY})?(?<time>${ISO}) (?<host>[\w.-]{1,255}) (?<logger>[^\s:[\]]{1,100})(?:\[(?<pid>\d{1,10})\]|(?=: \[ *\d)|(?<=kernel)): ?${REST}`,
    ),
    levelFrom: 'priority',
  },
  {
    kind: 'pattern',
    id: 'kernel',
    name: 'Linux kernel (dmesg)',
    starts: '<[',
    pattern: head(
      String.raw`(?:${PRIORITY})?\[ {0,8}(?<uptime>\d{1,8}\.\d{6})\](?:\[ *(?<caller>[TC]\d{1,9})\])? ${REST}`,
    ),
    levelFrom: 'priority',
  },
]

/** `[id a="1" b="2"][id2] message`, from the group `message`. */
function takeStructuredData(fields: Record<string, unknown>): void {
  const text = typeof fields['message'] === 'string' ? fields['message'] : ''
  let at = 0
  if (text.startsWith('[')) {
    const structured: Record<string, unknown> = {}
    while (text[at] === '[') {
      const end = readElement(text, at, structured)
      // A bracket that is none of structured data begins the message.
      if (end < 0) return
      at = end
    }
    Object.assign(fields, structured)
  } else if (text === '-' || text.startsWith('- ')) at = 1
  if (text[at] === ' ') at++
  fields['message'] = text.slice(text[at] === '\uFEFF' ? at + 1 : at)
}

const ELEMENT = /\[([^\s=\]"]{1,64})/y
const PARAMETER = / +([^\s=\]"]{1,64})="((?:[^"\\\]]|\\[^])*)"/y

/** Returns the end of the element at `from`, -1 if it is none. */
function readElement(text: string, from: number, into: Record<string, unknown>): number {
  ELEMENT.lastIndex = from
  const start = ELEMENT.exec(text)
  if (start === null) return -1
  const parameters: Record<string, string> = {}
  let at = ELEMENT.lastIndex
  for (;;) {
    PARAMETER.lastIndex = at
    const found = PARAMETER.exec(text)
    if (found === null) break
    parameters[found[1] ?? ''] = (found[2] ?? '').replace(/\\(["\\\]])/g, '$1')
    at = PARAMETER.lastIndex
  }
  if (text[at] !== ']') return -1
  into[start[1] ?? ''] = parameters
  return at + 1
}
