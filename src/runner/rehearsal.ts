/**
 * Following a file of our own. The first thousand lines that are written would each wait until what they meet is compiled, and
 * lines that come one by one take minutes to make it fast (measured: their 95th percentile is a quarter higher).
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { OutputContext } from '../core/source'
import { fileSource, type FileHandle } from '../node/follow/fileSource'
import { printRun } from './printedRun'

const ROUNDS = 1000
/** What is really followed goes on meanwhile. */
const SLICE_MS = 2

/** Takes about a tenth of a second, in slices. Rejects where no file of our own can be made. */
export async function rehearseFollow(signal: AbortSignal): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-rehearsal-'))
  try {
    const file = path.join(folder, 'rehearsal.log')
    const fd = openSync(file, 'wx')
    try {
      await followWritten(file, fd, signal)
    } finally {
      closeSync(fd)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function followWritten(file: string, fd: number, signal: AbortSignal): Promise<void> {
  const source = fileSource({ files: [file], from: 'start' })
  const followed: FileHandle[] = []
  const open = async (context: OutputContext): Promise<FileHandle> => {
    const handle = await source.open(context)
    followed.push(handle)
    return handle
  }
  const run = await printRun({ ...source, open }, { print: () => undefined, log: () => undefined })
  try {
    let sliceEnd = performance.now() + SLICE_MS
    for (let round = 0; round < ROUNDS && !signal.aborted; round++) {
      writeSync(fd, `a line ${String(round)}: error\n`)
      await followed[0]?.settle(true)
      if (performance.now() < sliceEnd) continue
      await setImmediate()
      sliceEnd = performance.now() + SLICE_MS
    }
  } finally {
    await run.stop('polite')
  }
}
