/** Python: the logging module's usual formats, Loguru, Uvicorn, Celery, Airflow. */
import { token, upper } from './head'
import type { PatternFormat } from './lineFormat'
import { ISO, REST, UPPER, head } from './pieces'

const LOGGER = String.raw`(?<logger>[\w.<>/-]{1,200})`

export const pythonFormats: readonly PatternFormat[] = [
  {
    kind: 'pattern',
    id: 'loguru',
    name: 'Loguru',
    starts: '0-9',
    pattern: head(
      String.raw`(?<time>${ISO}) \| (?<level>${UPPER}) *\| (?<logger>[\w.<>/-]{1,200}):(?<function>[\w.<>-]{1,100}):(?<line>\d{1,9}) - ${REST}`,
    ),
    levels: { success: 'info' },
  },
  {
    kind: 'pattern',
    id: 'python-celery',
    name: 'Celery',
    starts: '[',
    pattern: head(String.raw`\[(?<time>${ISO}): (?<level>${UPPER})/(?<thread>[^\]]{1,100})\] ${REST}`),
    heads: [['[', { stamp: 'iso' }, ': ', upper, '/', { until: ']' }, ' ']],
  },
  {
    kind: 'pattern',
    id: 'airflow',
    name: 'Airflow',
    starts: '[',
    pattern: head(
      String.raw`\[(?<time>${ISO})\] \{(?<file>[^\s:}]{1,100}):(?<line>\d{1,9})\} (?<level>${UPPER}) - ${REST}`,
    ),
  },
  {
    kind: 'pattern',
    id: 'python-asctime',
    name: 'Python logging (time, name, level)',
    starts: '0-9',
    pattern: head(String.raw`(?<time>${ISO}) - (?<logger>\S{1,200}) - (?<level>${UPPER}) *- ${REST}`),
    heads: [[{ stamp: 'iso' }, ' - ', token, ' - ', upper, ' - ']],
  },
  {
    kind: 'pattern',
    id: 'python-level-name',
    name: 'Python logging (time, level, name)',
    starts: '0-9[',
    pattern: head(
      String.raw`\[?(?<time>${ISO})\]?(?: - | )?\[?(?<level>${UPPER})(?: *\] ?| +- )\[?(?<logger>[A-Za-z_][\w./-]{0,200}(?::\d{1,9})?)(?:\] ?| - |: )${REST}`,
    ),
  },
  {
    kind: 'pattern',
    id: 'uvicorn',
    name: 'Uvicorn',
    starts: 'A-Z',
    pattern: head(
      String.raw`(?<level>DEBUG|INFO|WARNING|ERROR|CRITICAL|TRACE): {2,8}(?:(?<client>[\d.a-f:[\]]{2,60}:\d{1,5}) - )?${REST}`,
    ),
  },
  {
    kind: 'pattern',
    id: 'python-basic',
    name: 'Python logging (basicConfig)',
    starts: 'A-Z',
    pattern: head(String.raw`(?<level>DEBUG|INFO|WARNING|ERROR|CRITICAL):${LOGGER}:${REST}`),
  },
]
