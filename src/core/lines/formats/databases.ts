/** Databases that write text; MongoDB's JSON is among the flavours of JSON. */
import { digits, letter, level, upper } from './head'
import type { PatternFormat } from './lineFormat'
import { CLOCK, ISO, MONTH, REST, WORD, head } from './pieces'

export const databaseFormats: readonly PatternFormat[] = [
  {
    kind: 'pattern',
    id: 'postgresql',
    name: 'PostgreSQL',
    starts: '0-9',
    // log_line_prefix is '%m [%p] ' and often goes on with user, database or application.
    pattern: head(
      String.raw`(?<time>${ISO})(?: [A-Z]{3,5})? \[(?<pid>\d{1,10})(?:-\d{1,10})?\]:? (?:(?:\[[\w-]{1,40}\] |(?:user=)?(?<user>[\w.-]{1,63})[@,](?:db=)?(?<database>[\w.-]{0,63})[^:]{0,80}? ))?(?<level>[A-Z]{3,12}[1-5]?):  ?${REST}`,
    ),
    levels: {
      log: 'info',
      statement: 'info',
      detail: 'info',
      hint: 'info',
      context: 'info',
      query: 'info',
      location: 'info',
      debug1: 'debug',
      debug2: 'debug',
      debug3: 'debug',
      debug4: 'debug',
      debug5: 'debug',
    },
    heads: [[{ stamp: 'iso' }, ' [', digits, '] ', upper, ': ']],
    continuing: ['statement', 'detail', 'hint', 'context', 'query', 'location'],
  },
  {
    kind: 'pattern',
    id: 'mysql',
    name: 'MySQL, MariaDB',
    starts: '0-9',
    pattern: head(
      String.raw`(?<time>${ISO}|\d{6} [ \d]\d:\d\d:\d\d) {1,4}(?:(?<thread>\d{1,20}) )?\[(?<level>${WORD})\](?: \[(?<code>MY-\d{6})\])?(?: \[(?<logger>\w{1,40})\])? ${REST}`,
    ),
    levels: { note: 'info', system: 'info' },
    heads: [[{ stamp: 'iso' }, ' ', digits, ' [', level, '] ']],
  },
  {
    kind: 'pattern',
    id: 'redis',
    name: 'Redis',
    starts: '0-9',
    pattern: head(
      String.raw`(?<pid>\d{1,10}):(?<role>[MSCX]) (?<time>\d\d ${MONTH} \d{4}[ :]${CLOCK}) (?<level>[.*#-]) ${REST}`,
    ),
    letters: { '.': 'debug', '-': 'debug', '*': 'info', '#': 'warn' },
    heads: [
      [digits, ':M ', { stamp: 'dayMonth' }, ' ', letter, ' '],
      [digits, ':S ', { stamp: 'dayMonth' }, ' ', letter, ' '],
      [digits, ':C ', { stamp: 'dayMonth' }, ' ', letter, ' '],
    ],
  },
]
