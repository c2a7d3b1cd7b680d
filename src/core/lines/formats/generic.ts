/** Lines that begin with a time, whatever comes behind it: the last to be asked. */
import { level, maybeBlanks, upper } from './head'
import type { PatternFormat } from './lineFormat'
import { BSD, CLOCK, ISO, MONTH, REST, UPPER, WORD, head } from './pieces'

/** `ERROR `, `ERROR: `, `[error] `, `<warn> `, `| INFO | ` */
const LEVEL = String.raw`(?:(?<level>${UPPER})(?=[\s:|>)\],-]|$)|[[(<] {0,3}(?<level2>${WORD}) {0,3}[\])>])`
const ZONE = String.raw`(?: [+-]\d{4}(?!\d)| GMT| UTC)?`
const GAP = String.raw`[ \t:|-]{0,8}`

export const genericFormats: readonly PatternFormat[] = [
  {
    kind: 'pattern',
    id: 'iso-level',
    name: 'ISO time and level',
    starts: '0-9[',
    pattern: head(String.raw`\[?(?<time>${ISO})\]?(?: +|[ \t:|-]{1,8})${LEVEL}${GAP}${REST}`),
    heads: [
      [{ stamp: 'iso' }, ' ', maybeBlanks, upper, ' '],
      [{ stamp: 'iso' }, ' [', level, '] '],
      ['[', { stamp: 'iso' }, '] ', upper, ' '],
      ['[', { stamp: 'iso' }, '] [', level, '] '],
    ],
  },
  {
    kind: 'pattern',
    id: 'iso',
    name: 'ISO time',
    starts: '0-9[',
    pattern: head(String.raw`[[(]?(?<time>${ISO})[\])]?${GAP}${REST}`),
    heads: [
      [{ stamp: 'iso' }, ' '],
      ['[', { stamp: 'iso' }, '] '],
    ],
  },
  {
    kind: 'pattern',
    id: 'clock-level',
    name: 'Time of day and level',
    starts: '0-9[',
    pattern: head(String.raw`\[?(?<time>${CLOCK})\]?[ \t:|-]{1,8}${LEVEL}${GAP}${REST}`),
    heads: [
      [{ stamp: 'clock' }, ' ', upper, ' '],
      ['[', { stamp: 'clock' }, '] [', level, '] '],
    ],
  },
  {
    kind: 'pattern',
    id: 'other-date',
    name: 'Date and time',
    starts: '0-9[A-Z',
    pattern: head(
      String.raw`[[(]?(?<time>\d\d[ /-]${MONTH}[ /-]\d{4}[ :]${CLOCK}${ZONE}|[A-Z][a-z]{2},? (?:${MONTH} [ \d]\d ${CLOCK} \d{4}|\d\d ${MONTH} \d{4} ${CLOCK}${ZONE})|${BSD}|\d\d/\d\d/\d\d ${CLOCK}|\d\d-\d\d ${CLOCK})[\])]?${GAP}(?:${LEVEL}${GAP})?${REST}`,
    ),
  },
  {
    kind: 'pattern',
    id: 'clock',
    name: 'Time of day',
    starts: '0-9[',
    pattern: head(String.raw`\[?(?<time>${CLOCK})\]?(?![\d:])${GAP}${REST}`),
    heads: [[{ stamp: 'clock' }, ' ']],
  },
]
