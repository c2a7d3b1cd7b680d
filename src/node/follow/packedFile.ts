/** A packed file as the bytes of the text in it, as they are unpacked. */
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { UserError } from '../../shared/userError'
import { decompressorFor } from '../textfile/decompress'
import { unreadable } from './namedFile'

/**
 * @param take valid until it returns; nothing more is unpacked until its promise resolves
 * @returns why it is not all: the file is damaged, or still written; undefined where it is
 * @throws UserError `file_unreadable`, `zstd_missing`; an AbortError when it was cancelled
 */
export async function readPacked(
  file: string,
  take: (bytes: Uint8Array, offset: number) => Promise<unknown> | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  let offset = 0
  try {
    await pipeline(
      createReadStream(file),
      decompressorFor(file),
      async (chunks: AsyncIterable<Uint8Array>) => {
        for await (const chunk of chunks) {
          await take(chunk, offset)
          offset += chunk.length
        }
      },
      { signal },
    )
    return undefined
  } catch (error) {
    if (signal.aborted || error instanceof UserError) throw error
    const { code = '', message } = error as NodeJS.ErrnoException
    if (/^Z_|^ZSTD_/.test(code)) return `${file} is damaged or not whole: ${message}`
    throw unreadable(file, error)
  }
}
