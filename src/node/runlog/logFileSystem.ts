/** How the writer of a log reaches the disk. */
import { fdatasync, ftruncate, write } from 'node:fs'
import { promisify } from 'node:util'

/** The calls that a failing disk makes fail; tests put a failing one in their place. */
export interface LogFileSystem {
  write(
    fd: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesWritten: number }>
  truncate(fd: number, length: number): Promise<void>
  sync(fd: number): Promise<void>
}

const promisedWrite = promisify(write)
export const systemFiles: LogFileSystem = {
  write: (fd, bytes, offset, length, position) => promisedWrite(fd, bytes, offset, length, position),
  truncate: promisify(ftruncate),
  sync: promisify(fdatasync),
}
