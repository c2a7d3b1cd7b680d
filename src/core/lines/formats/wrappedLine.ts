/** Lines of containers: a runtime's time and stream around a program's line, which may come in pieces. */
import type { WrappedFormat } from './lineFormat'
import { ISO } from './pieces'
import type { StampReader } from './stamps'

export interface Unwrapped {
  readonly text: string
  readonly stream: 'stdout' | 'stderr'
  readonly time: number
  /** The program's line goes on in the next of this stream. */
  readonly isPartial: boolean
}

const CRI = new RegExp(String.raw`^(${ISO}) (stdout|stderr) ([FP])(?::\S{1,20})?(?: |$)`)

/** What a runtime's line holds, undefined if it is none. */
export function unwrap(wrapper: WrappedFormat['wrapper'], text: string, stamps: StampReader): Unwrapped | undefined {
  return wrapper === 'cri' ? unwrapCri(text, stamps) : unwrapDocker(text, stamps)
}

function unwrapCri(text: string, stamps: StampReader): Unwrapped | undefined {
  const found = CRI.exec(text.slice(0, 100))
  if (found === null) return undefined
  const [head, stamp = '', stream, flag] = found
  const time = stamps.ofText(stamp)
  if (Number.isNaN(time)) return undefined
  return {
    text: text.slice(head.length),
    stream: stream === 'stderr' ? 'stderr' : 'stdout',
    time,
    isPartial: flag === 'P',
  }
}

function unwrapDocker(text: string, stamps: StampReader): Unwrapped | undefined {
  if (!text.startsWith('{"log":"')) return undefined
  let object: { log?: unknown; stream?: unknown; time?: unknown }
  try {
    object = JSON.parse(text) as typeof object
  } catch {
    // A line cut in the middle.
    return undefined
  }
  const { log, stream, time } = object
  if (typeof log !== 'string' || (stream !== 'stdout' && stream !== 'stderr') || typeof time !== 'string')
    return undefined
  const at = stamps.ofText(time)
  if (Number.isNaN(at)) return undefined
  const isPartial = !log.endsWith('\n')
  return { text: isPartial ? log : log.slice(0, -1), stream, time: at, isPartial }
}
