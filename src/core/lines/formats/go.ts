/** Go: glog and klog, the standard library's log and slog, zap's console (the OpenTelemetry collector's too), logrus on a terminal. */
import { levelLetters } from '../classify'
import { blanks, digits, letter, level } from './head'
import type { PatternFormat } from './lineFormat'
import { ISO, REST, head } from './pieces'

export const goFormats: readonly PatternFormat[] = [
  {
    kind: 'pattern',
    id: 'glog',
    name: 'glog, klog',
    starts: 'IWEF',
    pattern: head(
      String.raw`(?<level>[IWEF])(?<time>\d{4} \d\d:\d\d:\d\d(?:\.\d{1,12})?) +(?<pid>\d{1,10}) (?:(?<file>[^\s:\]]{1,200}):(?<line>\d{1,9})\] ?)?${REST}`,
    ),
    letters: levelLetters,
    heads: [[letter, { stamp: 'glog' }, blanks, digits, ' ']],
  },
  {
    kind: 'pattern',
    id: 'zap-console',
    name: 'zap (console), OpenTelemetry collector',
    starts: '0-9',
    pattern: head(
      String.raw`(?<time>${ISO})\t(?<level>[A-Za-z]{1,12})\t(?:(?<logger>[a-z][\w.-]{0,100})\t)?(?:(?<caller>[\w.@/-]{1,200}:\d{1,9})\t)?${REST}`,
    ),
    levels: { dpanic: 'fatal' },
    heads: [[{ stamp: 'iso' }, '\t', level, '\t']],
  },
  {
    kind: 'pattern',
    id: 'go-slog',
    name: 'Go slog (default)',
    starts: '0-9',
    pattern: head(
      String.raw`(?<time>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d{1,12})?) (?<level>DEBUG|INFO|WARN|ERROR)(?:[+-]\d)? ${REST}`,
    ),
  },
  {
    kind: 'pattern',
    id: 'go-log',
    name: 'Go log',
    starts: '0-9',
    pattern: head(
      String.raw`(?<time>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d{1,12})?) (?:(?<file>[\w./-]{1,200}\.go):(?<line>\d{1,9}): )?${REST}`,
    ),
  },
  {
    kind: 'pattern',
    id: 'logrus',
    name: 'logrus (terminal)',
    starts: 'A-Z',
    pattern: head(String.raw`(?<level>TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)\[(?<uptime>\d{4,9})\] ?${REST}`),
    levels: { trac: 'trace', debu: 'debug', erro: 'error', fata: 'fatal', pani: 'fatal' },
  },
]
