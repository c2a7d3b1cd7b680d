/** The rotated files beside a log file: older history. */
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { compressionOf } from './decompress'

/** `.1`, `-20261120`, `.2026-11-20T03`: what log rotation puts behind a name or before its extension. */
const SUFFIX = /^[.\-_]\d[\d.\-_T:]*$/

export interface OlderSibling {
  readonly path: string
  readonly bytes: number
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number
  readonly compression?: 'gz' | 'zst'
}

/** The rotated files of `file`, the newest first; none where the folder can't be read. */
export async function olderSiblings(file: string): Promise<readonly OlderSibling[]> {
  const folder = path.dirname(file)
  const names = await readdir(folder).catch((): string[] => [])
  const siblings = await Promise.all(
    names.filter((name) => isRotated(name, path.basename(file))).map((name) => siblingAt(path.join(folder, name))),
  )
  return siblings.flatMap((one) => one ?? []).sort((a, b) => b.modifiedAt - a.modifiedAt || (a.path < b.path ? -1 : 1))
}

function isRotated(entry: string, name: string): boolean {
  const plain = compressionOf(entry) === undefined ? entry : entry.replace(/\.\w+$/, '')
  const { name: stem, ext } = path.parse(name)
  if (plain.startsWith(name)) return SUFFIX.test(plain.slice(name.length))
  return (
    ext !== '' && plain.startsWith(stem) && plain.endsWith(ext) && SUFFIX.test(plain.slice(stem.length, -ext.length))
  )
}

async function siblingAt(file: string): Promise<OlderSibling | undefined> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() !== true) return undefined
  const compression = compressionOf(file)
  return {
    path: file,
    bytes: found.size,
    modifiedAt: found.mtimeMs,
    ...(compression === undefined ? {} : { compression }),
  }
}
