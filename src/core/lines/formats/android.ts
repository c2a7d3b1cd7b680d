/** Android's logcat in the formats of its option `-v` (https://developer.android.com/tools/logcat#outputFormat). */
import type { Level } from '../../../shared/events/schema'
import { blanks, digits, letter, maybeBlanks } from './head'
import type { PatternFormat } from './lineFormat'
import { EPOCH, ISO, MONTH_DAY, REST, head } from './pieces'

const letters: Readonly<Record<string, Level>> = {
  V: 'trace',
  D: 'debug',
  I: 'info',
  W: 'warn',
  E: 'error',
  F: 'fatal',
  A: 'fatal',
}
const LETTER = '(?<level>[VDIWEFA])'
const TAG = String.raw`(?<logger>[^\s(][^(\n]{0,200}?)`
const notes = /^-{5,} (?:beginning of|switch to) /
/** With the modifiers year, usec, zone, UTC, epoch, monotonic and uid. */
const THREADTIME_REST = String.raw` +(?:(?<uid>[a-z]\w{0,20}|\d{1,10}) +)?(?<pid>\d{1,10}) +(?<tid>\d{1,10}) ${LETTER} (?:(?<logger>[^:]{0,200}?(?::[^:\s][^:]{0,100}?)?) *:(?: |$))?${REST}`

const shared = { kind: 'pattern', letters, notes } as const

export const androidFormats: readonly PatternFormat[] = [
  {
    ...shared,
    id: 'logcat-threadtime',
    name: 'Android logcat (threadtime)',
    starts: '-0-9',
    pattern: head(`(?<time>${MONTH_DAY}|${ISO})`, THREADTIME_REST),
    heads: [
      [{ stamp: 'monthDay' }, blanks, digits, blanks, digits, ' ', letter, ' '],
      [{ stamp: 'iso' }, blanks, digits, blanks, digits, ' ', letter, ' '],
    ],
  },
  {
    ...shared,
    id: 'logcat-epoch',
    name: 'Android logcat (epoch)',
    starts: '- 0-9',
    pattern: head(String.raw` *(?<time>${EPOCH})`, THREADTIME_REST),
    heads: [[maybeBlanks, { stamp: 'epoch' }, blanks, digits, blanks, digits, ' ', letter, ' ']],
  },
  {
    ...shared,
    id: 'logcat-monotonic',
    name: 'Android logcat (monotonic)',
    starts: '- 0-9',
    pattern: head(String.raw` *(?<uptime>\d{1,8}\.\d{3,9})`, THREADTIME_REST),
  },
  {
    ...shared,
    id: 'logcat-time',
    name: 'Android logcat (time)',
    starts: '-0-9',
    pattern: head(
      String.raw`(?<time>${MONTH_DAY}|${ISO}) +${LETTER}/${TAG} *\( *(?<pid>\d{1,10})(?:: *(?<tid>\d{1,10}))?\):? ?${REST}`,
    ),
  },
  {
    ...shared,
    id: 'logcat-long',
    name: 'Android logcat (long)',
    starts: '-[',
    pattern: head(
      String.raw`\[ (?<time>${MONTH_DAY}|${ISO}) +(?<pid>\d{1,10}): *(?<tid>\d{1,10}) ${LETTER}/(?<logger>[^\]]{0,200}?) *\]${REST}`,
    ),
  },
  {
    ...shared,
    id: 'logcat-brief',
    name: 'Android logcat (brief)',
    starts: '-VDIWEFA',
    pattern: head(String.raw`${LETTER}/${TAG} *\( *(?<pid>\d{1,10})(?:: *(?<tid>\d{1,10}))?\): ?${REST}`),
  },
  {
    ...shared,
    id: 'logcat-thread',
    name: 'Android logcat (thread)',
    starts: '-VDIWEFA',
    pattern: head(String.raw`${LETTER}\( *(?<pid>\d{1,10}): *(?<tid>\d{1,10})\) ${REST}`),
  },
  {
    ...shared,
    id: 'logcat-process',
    name: 'Android logcat (process)',
    starts: '-VDIWEFA',
    // The tag stands behind the message.
    pattern: head(String.raw`${LETTER}\( *(?<pid>\d{1,10})\) (?<message>[^]*?)(?:  \((?<logger>[^()]{1,100})\))?$`),
  },
  {
    ...shared,
    id: 'logcat-tag',
    name: 'Android logcat (tag)',
    starts: '-VDIWEFA',
    pattern: head(String.raw`${LETTER}/(?<logger>[^:\s(][^:(]{0,100}?) *: ${REST}`),
  },
]
