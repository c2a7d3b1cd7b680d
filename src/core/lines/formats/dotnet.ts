/** .NET: the console logger of Microsoft.Extensions.Logging, Serilog's text, NLog. */
import type { Level } from '../../../shared/events/schema'
import { level } from './head'
import type { PatternFormat } from './lineFormat'
import { CLOCK, ISO, REST, WORD, head } from './pieces'

const consoleLevels: Readonly<Record<string, Level>> = {
  trce: 'trace',
  dbug: 'debug',
  fail: 'error',
}

export const dotnetFormats: readonly PatternFormat[] = [
  {
    kind: 'pattern',
    id: 'dotnet-console',
    name: '.NET console',
    starts: 'tdiwfc0-9[',
    // The message is on the next line, six blanks in, or on the same.
    pattern: head(
      String.raw`\[?(?:(?<time>${ISO}|${CLOCK})\]? ?)?(?<level>trce|dbug|info|warn|fail|crit): (?<logger>[^\s[\]]{1,200})\[(?<event>-?\d{1,10})\]\s?${REST}`,
    ),
    levels: consoleLevels,
  },
  {
    kind: 'pattern',
    id: 'serilog',
    name: 'Serilog (text)',
    starts: '0-9[',
    pattern: head(
      String.raw`(?:(?<time>${ISO}) \[(?<level>VRB|DBG|INF|WRN|ERR|FTL)\]|\[(?<time2>${CLOCK}|${ISO}) (?<level2>VRB|DBG|INF|WRN|ERR|FTL)\])(?: \[(?<logger>[\w.]{1,200})\])? ${REST}`,
    ),
  },
  {
    kind: 'pattern',
    id: 'nlog',
    name: 'NLog',
    starts: '0-9',
    pattern: head(String.raw`(?<time>${ISO})\|(?<level>${WORD})\|(?<logger>[^|\n]{1,200})\|${REST}`),
    heads: [[{ stamp: 'iso' }, '|', level, '|', { until: '|' }]],
  },
]
