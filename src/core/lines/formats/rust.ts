/** Rust: tracing's and env_logger's output. */
import type { PatternFormat } from './lineFormat'
import { ISO, REST, head } from './pieces'

const LEVEL = '(?<level>TRACE|DEBUG|INFO|WARN|ERROR)'

export const rustFormats: readonly PatternFormat[] = [
  {
    kind: 'pattern',
    id: 'tracing',
    name: 'Rust tracing',
    starts: ' 0-9',
    pattern: head(
      String.raw` {0,4}(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,12})?Z) {1,2}${LEVEL} (?:(?<thread>ThreadId\(\d{1,9}\)) )?(?:(?<span>[a-z_]\w{0,60}(?:\{[^}]{0,500}\})?(?::[a-z_]\w{0,60}(?:\{[^}]{0,500}\})?){0,20}): )?(?<logger>[a-z_]\w{0,100}(?:::\w{1,100}){0,20}): ${REST}`,
    ),
  },
  {
    kind: 'pattern',
    id: 'env-logger',
    name: 'Rust env_logger',
    starts: '[',
    pattern: head(
      String.raw`\[(?:(?<time>${ISO}) )?${LEVEL} {1,2}(?<logger>[a-z_]\w{0,100}(?:::\w{1,100}){0,20})\] ${REST}`,
    ),
  },
]
