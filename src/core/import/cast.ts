/**
 * asciicast v2 and v3: a header, then one event a line. In v2 the times count from the beginning, in v3 from the event before.
 * Sources: https://docs.asciinema.org/manual/asciicast/v2/ and /v3/
 */
import { isObject, numberField, parseJson, textField } from '../decode/json'

export interface CastHeader {
  readonly version: 2 | 3
  /** Milliseconds since the epoch, where it is told. */
  readonly startedMs?: number
  readonly title?: string
  readonly command?: string
}

export interface CastEvent {
  /** Milliseconds since the beginning. */
  readonly ms: number
  /** `o` output, `i` input, `m` marker, `r` resize, `x` exit; others may come. */
  readonly code: string
  readonly data: string
}

/** Undefined when the line is none. */
export function castHeader(line: string): CastHeader | undefined {
  const value = parseJson(line)
  if (!isObject(value)) return undefined
  const { version } = value
  const hasSize = isObject(value['term']) || numberField(value, 'width') !== undefined
  if ((version !== 2 && version !== 3) || !hasSize) return undefined
  const seconds = numberField(value, 'timestamp')
  const title = textField(value, 'title')
  const command = textField(value, 'command')
  return {
    version,
    ...(seconds === undefined ? {} : { startedMs: seconds * 1000 }),
    ...(title === undefined ? {} : { title }),
    ...(command === undefined ? {} : { command }),
  }
}

/** Reads the lines behind the header, in order. */
export class CastReader {
  private ms = 0

  constructor(private readonly header: Pick<CastHeader, 'version'>) {}

  /** @returns `nothing` for a comment or an empty line, undefined for what is no event */
  event(line: string): CastEvent | 'nothing' | undefined {
    if (line.trim() === '' || (this.header.version === 3 && line.startsWith('#'))) return 'nothing'
    const value = parseJson(line)
    if (!Array.isArray(value)) return undefined
    const [seconds, code, data] = value as readonly unknown[]
    if (typeof seconds !== 'number' || typeof code !== 'string' || typeof data !== 'string') return undefined
    // Milliseconds are what we keep; rounded at each event, a million of them add nothing up.
    const told = Math.round(seconds * 1000)
    this.ms = this.header.version === 2 ? told : this.ms + Math.max(0, told)
    return { ms: this.ms, code, data }
  }
}
