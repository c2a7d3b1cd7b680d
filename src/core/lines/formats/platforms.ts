/** Operating systems, build services and daemons with a format of their own. */
import { level, maybeBlanks } from './head'
import type { PatternFormat } from './lineFormat'
import { EPOCH, ISO, REST, WORD, head } from './pieces'

/** Seven digits of a second's fraction are what tells it from others. */
const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z`

export const platformFormats: readonly PatternFormat[] = [
  {
    kind: 'pattern',
    id: 'windows-cbs',
    name: 'Windows CBS, DISM',
    starts: '0-9',
    pattern: head(String.raw`(?<time>${ISO}), (?<level>${WORD}) +(?:(?<logger>[A-Z]{2,20}) +)?${REST}`),
    heads: [[{ stamp: 'iso' }, ', ', level, ' ', maybeBlanks]],
  },
  {
    kind: 'pattern',
    id: 'github-actions',
    name: 'GitHub Actions',
    starts: '0-9#:',
    // Each line has its time; `##[group]`, `##[error]` and so on are what became of `::group::`, `::error::`.
    pattern: head(
      String.raw`(?:(?:(?<time>${TIME}) )?(?:##\[(?<command>[a-z]{1,20})\]|::(?<command2>[a-z-]{1,20})(?: (?<parameters>[^\n]{1,500}?))?::)${REST}|(?<time2>${TIME})(?: (?<message2>[^]*)|)$)`,
    ),
    levelFrom: 'command',
    isLoose: true,
  },
  {
    kind: 'pattern',
    id: 'tai64n',
    name: 'TAI64N stamps (multilog)',
    starts: '@',
    pattern: head(String.raw`(?<time>@4[0-9a-f]{15}(?:[0-9a-f]{8})?) ${REST}`),
    heads: [[{ stamp: 'tai64n' }, ' ']],
  },
  {
    kind: 'pattern',
    id: 'epoch',
    name: 'Epoch stamps',
    starts: '0-9[',
    pattern: head(String.raw`\[?(?<time>${EPOCH})\]?:?\s${REST}`),
    heads: [[{ stamp: 'epoch' }, ' ']],
  },
]
