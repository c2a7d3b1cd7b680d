/** Reads the output of a command as fast as it comes and no faster than it is taken. */
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'

/** Takes bytes that are valid until it returns. While the promise it may return is pending, nothing more is read. */
export type TakeBytes = (bytes: Uint8Array) => Promise<unknown> | undefined

export interface OutputReader {
  /** Resolves when the last writer has closed its end, or after `close`. */
  readonly ended: Promise<void>
  /** `performance.now()` of the last read; now, while reading is held up by whoever takes the bytes. */
  readonly lastReadAt: number
  /** Stops reading and closes our end: who still writes gets a broken pipe. */
  close(): void
}

const BUFFER_BYTES = 64 * 1024
/** Reads that bring less than this, one close behind the other, are those of a program that writes line by line. */
const SMALL_READ_BYTES = 16 * 1024
const CLOSE_MS = 0.5
/** As long as it is left alone then: its lines gather in the pipe (which holds 64 kB), and one read takes them all. */
const GATHER_MS = 0.1

const sleeper = new Int32Array(new SharedArrayBuffer(4))

/** When the last bytes came, and whether whoever takes them holds the reading up. */
export class Flow {
  private last = performance.now()
  private isHeld = false

  /** @param resume goes on reading after it was held up */
  constructor(
    private readonly take: TakeBytes,
    private readonly resume: () => void,
  ) {}

  /** See `OutputReader.lastReadAt`. */
  get lastReadAt(): number {
    return this.isHeld ? performance.now() : this.last
  }

  /** Hands bytes on; false when no more may be read until `resume`. */
  read(bytes: Uint8Array): boolean {
    this.last = performance.now()
    const behind = this.take(bytes)
    if (behind === undefined) return true
    this.isHeld = true
    void behind.then(() => {
      this.isHeld = false
      this.last = performance.now()
      this.resume()
    })
    return false
  }
}

/** Reads a pipe with one buffer that is used again and again. The descriptor belongs to the reader from now on. */
export function readPipe(fd: number, take: TakeBytes): OutputReader {
  let lastEnd = performance.now()
  const flow = new Flow(take, () => {
    lastEnd = performance.now()
    if (!socket.destroyed) socket.resume()
  })
  const socket = new Socket({
    fd,
    readable: true,
    writable: false,
    onread: {
      buffer: new Uint8Array(BUFFER_BYTES),
      callback(length, buffer) {
        const now = performance.now()
        const isBurst = length < SMALL_READ_BYTES && now - lastEnd < CLOSE_MS
        const goesOn = flow.read(buffer.subarray(0, length))
        // The program is left alone for a moment.
        if (goesOn && isBurst) Atomics.wait(sleeper, 0, 0, GATHER_MS)
        lastEnd = goesOn && isBurst ? performance.now() : now
        return goesOn
      },
    },
  })
  return readerOf(socket, flow)
}

/** Reads a stream of Node's own, where there is no real pipe. */
export function readStream(stream: Readable, take: TakeBytes): OutputReader {
  const flow = new Flow(take, () => stream.resume())
  stream.on('data', (bytes: Buffer) => {
    if (!flow.read(bytes)) stream.pause()
  })
  return readerOf(stream, flow)
}

function readerOf(stream: Readable, flow: Flow): OutputReader {
  return {
    ended: endOf(stream),
    get lastReadAt() {
      return flow.lastReadAt
    },
    close: () => {
      stream.destroy()
    },
  }
}

function endOf(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    stream.on('error', () => {
      // A pipe that breaks has ended; `close` follows.
      stream.destroy()
    })
    stream.on('close', resolve)
    stream.on('end', resolve)
    stream.resume()
  })
}
