/**
 * Real pipes for a command's output. Node gives a child a UNIX socket pair, which stops a program that prints line by line at
 * half a pipe's speed and which `/dev/stdout` can't be opened on; a FIFO is a pipe in every respect.
 */
import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdirSync, openSync, rmSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'

export interface Pipe {
  readonly readEnd: number
  readonly writeEnd: number
}

/**
 * Opens so many pipes. The names they are made under are gone again when this returns.
 * @param directory a folder of the user's own, made when it is missing
 * @returns undefined where the system has no `mkfifo` or the folder can't hold one
 */
export function openPipes(directory: string, name: string, count: number): Pipe[] | undefined {
  if (process.platform === 'win32') return undefined
  const paths = Array.from({ length: count }, (_, index) => path.join(directory, `${name}-${String(index)}.pipe`))
  const opened: Pipe[] = []
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    execFileSync('mkfifo', ['-m', '600', ...paths], { stdio: 'ignore' })
    for (const file of paths) {
      // Reading first and without blocking: the writing end can be opened only where somebody reads.
      const readEnd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
      opened.push({ readEnd, writeEnd: openSync(file, constants.O_WRONLY) })
    }
    return opened
  } catch {
    // A system without FIFOs, or a file system that holds none: Node's own pipes do too, only slower.
    for (const pipe of opened) {
      closeSync(pipe.readEnd)
      closeSync(pipe.writeEnd)
    }
    return undefined
  } finally {
    for (const file of paths) rmSync(file, { force: true })
  }
}
