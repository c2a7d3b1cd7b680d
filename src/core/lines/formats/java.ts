/** The Java world: Logback, Log4j, Spring Boot, Hadoop, Spark, java.util.logging, the garbage collector. */
import { blanks, digits, maybeBlanks, upper } from './head'
import type { PatternFormat } from './lineFormat'
import { CLOCK, ISO, MONTH, REST, UPPER, head } from './pieces'

const THREAD = String.raw`\[ {0,40}(?<thread>[^\]]{1,100})\]`
const LOGGER = String.raw`(?<logger>[\w.$/[\]-]{1,200})`

export const javaFormats: readonly PatternFormat[] = [
  {
    kind: 'pattern',
    id: 'spring',
    name: 'Spring Boot',
    starts: '0-9',
    pattern: head(
      String.raw`(?<time>${ISO}) +(?<level>${UPPER}) (?:(?<pid>\d{1,10})|\$\{PID\S{0,20}) --- (?:\[(?<application>[^\]]{1,100})\] )?${THREAD} (?:${LOGGER} *: )?${REST}`,
    ),
    heads: [
      [{ stamp: 'iso' }, blanks, upper, ' ', digits, ' --- [', { until: ']' }, ' [', { until: ']' }, ' '],
      [{ stamp: 'iso' }, blanks, upper, ' ', digits, ' --- [', { until: ']' }, ' '],
    ],
  },
  {
    kind: 'pattern',
    id: 'logback',
    name: 'Logback, Log4j (time, thread, level)',
    starts: '0-9',
    pattern: head(
      String.raw`(?<time>${ISO}|${CLOCK}) {1,2}${THREAD} {1,2}(?<level>${UPPER})(?: +(?:${LOGGER}(?: +--? |: )${REST}|(?<message2>[^]*)$)|$)`,
    ),
    heads: [
      [{ stamp: 'iso' }, ' [', { until: ']' }, ' ', upper, ' '],
      [{ stamp: 'clock' }, ' [', { until: ']' }, ' ', upper, ' '],
    ],
  },
  {
    kind: 'pattern',
    id: 'log4j',
    name: 'Log4j, Hadoop (time, level, thread or logger)',
    starts: '0-9',
    pattern: head(
      String.raw`(?<time>${ISO}|${CLOCK}) {1,2}(?<level>${UPPER}) +(?:${THREAD} (?:${LOGGER}(?: \([^\n]{1,120}?\))?(?: +--? |: ))?${REST}|${LOGGER.replace('logger', 'logger2')}(?: \[(?<thread2>[^\]\n]{1,100})\])?(?: +--? |: )(?<message2>[^]*)$)`,
    ),
    heads: [[{ stamp: 'iso' }, ' ', upper, ' ', maybeBlanks, '[', { until: ']' }, ' ']],
  },
  {
    kind: 'pattern',
    id: 'spark',
    name: 'Spark',
    starts: '0-9',
    pattern: head(String.raw`(?<time>\d\d/\d\d/\d\d \d\d:\d\d:\d\d) (?<level>${UPPER}) ${LOGGER}: ${REST}`),
  },
  {
    kind: 'pattern',
    id: 'java-gc',
    name: 'Java unified logging (garbage collector)',
    starts: '[',
    pattern: head(
      String.raw`(?:\[(?<time>${ISO})\])?(?:\[(?<uptime>\d{1,9}[.,]\d{1,3})s\]|\[(?<uptimeMs>\d{1,12})ms\])?(?:\[(?<pid>\d{1,10})\])?(?:\[(?<tid>\d{1,10})\])?\[(?<level>[a-z]{4,7}) {0,5}\]\[(?<logger>[a-z0-9,]{1,60}) {0,40}\] ?${REST}`,
    ),
  },
  {
    kind: 'pattern',
    id: 'java-util-logging',
    name: 'java.util.logging',
    starts: 'A-Z',
    pattern: head(
      String.raw`(?:(?<time>${MONTH} \d{1,2}, \d{4} \d{1,2}:\d\d:\d\d(?: [AP]M)?) (?<logger>[\w.$]{1,200})(?: (?<method>[\w<>$]{1,100}))?|(?<level>SEVERE|WARNING|INFO|CONFIG|FINE|FINER|FINEST): (?! )${REST})$`,
    ),
    levels: { config: 'debug', fine: 'debug', finer: 'trace', finest: 'trace' },
  },
]
