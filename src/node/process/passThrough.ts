/** Hands a command's bytes on to a descriptor of ours, unchanged and in order, without ever blocking the process on a slow reader. */
import { write } from 'node:fs'

/** A reader that is this far behind holds the command up, as it would without us. */
const BEHIND_BYTES = 256 * 1024
const TRY_AGAIN_MS = 2

export class PassThrough {
  private waiting: Buffer[] = []
  private waitingBytes = 0
  private draining: Promise<void> | undefined
  private isBroken = false

  /** @param onBroken called once when nobody reads any more, or it can't be written */
  constructor(
    private readonly fd: number,
    private readonly onBroken: (why: NodeJS.ErrnoException) => void,
  ) {}

  /** Takes a copy of the bytes. A promise means that the reader is behind. */
  take(bytes: Uint8Array): Promise<void> | undefined {
    if (this.isBroken) return undefined
    this.waiting.push(Buffer.from(bytes))
    this.waitingBytes += bytes.length
    this.draining ??= this.drain()
    return this.waitingBytes > BEHIND_BYTES ? this.draining : undefined
  }

  /** Resolves when all of it is handed on, or nobody reads. */
  async flush(): Promise<void> {
    await this.draining
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0 && !this.isBroken) {
      const bytes = this.waiting.length === 1 ? this.waiting[0] : Buffer.concat(this.waiting)
      this.waiting = []
      if (bytes !== undefined) await this.writeAll(bytes)
      this.waitingBytes = this.waiting.reduce((sum, { length }) => sum + length, 0)
    }
    this.draining = undefined
  }

  private async writeAll(bytes: Buffer): Promise<void> {
    for (let done = 0; done < bytes.length && !this.isBroken;) {
      try {
        done += await this.writeSome(bytes, done)
      } catch (error) {
        const why = error as NodeJS.ErrnoException
        if (why.code === 'EAGAIN') {
          // Somebody made our end non-blocking (it is shared with others): there is no event for when it has room.
          await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS))
          continue
        }
        this.isBroken = true
        this.waiting = []
        this.onBroken(why)
      }
    }
  }

  private writeSome(bytes: Buffer, from: number): Promise<number> {
    return new Promise((resolve, reject) => {
      write(this.fd, bytes, from, bytes.length - from, null, (error, written) => {
        if (error) reject(error)
        else resolve(written)
      })
    })
  }
}
