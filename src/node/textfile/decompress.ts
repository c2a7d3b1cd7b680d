/** Unpacks a gz or zst file to a temporary one, which is then read as text. */
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat, statfs } from 'node:fs/promises'
import path from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import zlib from 'node:zlib'
import { formatBytes } from '../../shared/lib/format'
import { UserError } from '../../shared/userError'
import { unreadable } from '../follow/namedFile'

/** So much of the disk is left free. */
const SPARE_BYTES = 512 * 1024 * 1024

export interface Unpacked {
  readonly path: string
  /** Why it is not all: the file is damaged, or still written. */
  readonly problem?: string
  /** Deletes the temporary file. */
  dispose(): Promise<void>
}

export interface UnpackOptions {
  /** Where the temporary file goes. */
  readonly folder: string
  /** From 0 to 1. */
  readonly onProgress?: (share: number) => void
  readonly signal?: AbortSignal
}

/** How a file is compressed, by its name. */
export function compressionOf(file: string): 'gz' | 'zst' | undefined {
  return /\.gz$/i.test(file) ? 'gz' : /\.zst$/i.test(file) ? 'zst' : undefined
}

/** @throws UserError `file_unreadable`, `zstd_missing`, `no_space`, `unpack_failed`; an AbortError when it was cancelled */
export async function unpack(file: string, options: UnpackOptions): Promise<Unpacked> {
  const { onProgress, signal } = options
  const decompressor = decompressorFor(file)
  const { size } = await stat(file).catch((error: unknown) => {
    throw unreadable(file, error)
  })
  const { bavail, bsize } = await statfs(options.folder)
  const room = bavail * bsize - SPARE_BYTES
  const folder = await mkdtemp(path.join(options.folder, 'tapedeck-unpacked-'))
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true })
  const target = path.join(folder, path.basename(file).replace(/\.\w+$/, ''))
  let read = 0
  let written = 0
  try {
    await pipeline(
      createReadStream(file),
      passing((bytes) => {
        read += bytes
        onProgress?.(size === 0 ? 1 : read / size)
      }),
      decompressor,
      passing((bytes) => {
        written += bytes
        if (written > room) throw noSpace(file, written, room)
      }),
      createWriteStream(target),
      ...(signal === undefined ? [] : [{ signal }]),
    )
    return { path: target, dispose }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const isDamaged = error instanceof Error && 'code' in error && /^Z_|^ZSTD_/.test(String(error.code))
    if (isDamaged && written > 0)
      return { path: target, problem: `${file} is damaged or not whole: ${reason}`, dispose }
    await dispose()
    if (error instanceof UserError || signal?.aborted === true) throw error
    throw new UserError(`${file} can't be unpacked: ${reason}`, 'unpack_failed', 'bad_input', { cause: error })
  }
}

/** @throws UserError `zstd_missing` */
export function decompressorFor(file: string): Transform {
  if (compressionOf(file) !== 'zst') return zlib.createGunzip()
  // In Node from 22.15 on.
  const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform }
  if (createZstdDecompress !== undefined) return createZstdDecompress()
  throw new UserError(
    `${file} can't be opened: this editor's Node ${process.versions.node} can't read zst files (22.15 and later can). Unpack it with "zstd -d" and open the result.`,
    'zstd_missing',
    'missing',
  )
}

function noSpace(file: string, written: number, room: number): UserError {
  return new UserError(
    `${file} is too large to be unpacked: after ${formatBytes(written)} the disk of the temporary folder has only ${formatBytes(Math.max(0, room) + SPARE_BYTES)} left in all. Free some space, or unpack it elsewhere and open the result.`,
    'no_space',
  )
}

function passing(look: (bytes: number) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        look(chunk.length)
        done(undefined, chunk)
      } catch (error) {
        done(error as Error)
      }
    },
  })
}
