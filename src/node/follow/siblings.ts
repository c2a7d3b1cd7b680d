/** The rotated files beside a followed one: those that came and went between two looks, and copies made before a truncation. */
import { readdirSync, statSync, type BigIntStats } from 'node:fs'
import path from 'node:path'
import { HeldFile, identityOf, isSameFile, type FileIdentity } from './heldFile'

/** `.1`, `-20261120`, `.2026-11-20T03`, …: what log rotation puts behind a name or before its extension. */
const SUFFIX = /^[.\-_]?\d[\d.\-_T:]*$/
/** A folder with more than this is not searched. */
const MAX_ENTRIES = 20_000
/** As much of the end must be the same in a copy. */
const COPY_TAIL = 64 * 1024
/** Time stamps of files are as coarse as the system's ticks. */
const COARSE_MS = 100

interface Sibling {
  readonly path: string
  readonly identity: FileIdentity
  readonly size: number
  readonly changedAt: number
  /** The number of a `.1`, else 0. */
  readonly number: number
}

/** What a rotation put into the name of a file to make `entry` of it; undefined where that is no such name. */
function rotationSuffix(name: string, entry: string): string | undefined {
  const { name: stem, ext } = path.parse(name)
  if (entry === name) return undefined
  const suffix = entry.startsWith(name)
    ? entry.slice(name.length)
    : ext !== '' && entry.startsWith(stem) && entry.endsWith(ext)
      ? entry.slice(stem.length, -ext.length)
      : ''
  return SUFFIX.test(suffix) ? suffix : undefined
}

/** Whether `other` has the name of a rotated `file`. */
export function isRotationOf(file: string, other: string): boolean {
  return (
    path.dirname(file) === path.dirname(other) &&
    rotationSuffix(path.basename(file), path.basename(other)) !== undefined
  )
}

/** Files that a rotation of `file` may have made, compressed ones left out. */
function siblings(file: string): Sibling[] {
  const folder = path.dirname(file)
  const name = path.basename(file)
  const names = readdirSync(folder)
  if (names.length > MAX_ENTRIES) return []
  return names.flatMap((entry) => {
    const suffix = rotationSuffix(name, entry)
    if (suffix === undefined) return []
    const sibling = path.join(folder, entry)
    const stat = statOf(sibling)
    if (!stat?.isFile()) return []
    return [
      {
        path: sibling,
        identity: identityOf(stat),
        size: Number(stat.size),
        changedAt: Number(stat.ctimeMs),
        number: /^\.\d{1,4}$/.test(suffix) ? Number(suffix.slice(1)) : 0,
      },
    ]
  })
}

function statOf(file: string): BigIntStats | undefined {
  return statSync(file, { bigint: true, throwIfNoEntry: false })
}

/** The siblings, or none where the folder can't be read (any more). */
function readable(file: string): Sibling[] {
  try {
    return siblings(file)
  } catch {
    return []
  }
}

export function siblingIdentities(file: string): FileIdentity[] {
  return readable(file).map(({ identity }) => identity)
}

/** Opens a sibling unless its name leads elsewhere by now. */
function open(sibling: Sibling): HeldFile | undefined {
  try {
    const held = HeldFile.open(sibling.path)
    if (held === undefined || isSameFile(held.identity, sibling.identity)) return held
    held.close()
    return undefined
  } catch {
    // Renamed or removed meanwhile.
    return undefined
  }
}

/**
 * The files that had the name of `file` after `last` and before `next`, oldest first: made after the one, not after the other,
 * and rotated away since. Where the file system does not tell when a file was made, the numbers of their names do.
 */
export function filesBetween(
  file: string,
  last: FileIdentity,
  next: FileIdentity,
  isKnown: (identity: FileIdentity) => boolean,
): HeldFile[] {
  for (let attempt = 0; attempt < 5; attempt++) {
    const all = readable(file)
    const lastNumber = all.find(({ identity }) => isSameFile(identity, last))?.number ?? 0
    const candidates = all
      .filter(({ identity, number }) => {
        if (isSameFile(identity, last) || isSameFile(identity, next) || isKnown(identity)) return false
        // A higher number is older, however young the file: it may be a copy.
        if (number > 0 && lastNumber > 0 && number > lastNumber) return false
        // Times may be as coarse as the system's ticks, so that equal ones say nothing; what was there before is known.
        if (last.birth > 0n && identity.birth > 0n) {
          return identity.birth >= last.birth && identity.birth <= next.birth
        }
        return number > 0 && number < lastNumber
      })
      .sort((a, b) =>
        a.identity.birth === b.identity.birth ? b.number - a.number : a.identity.birth < b.identity.birth ? -1 : 1,
      )
    const opened = candidates.map(open)
    const held = opened.filter((one) => one !== undefined)
    if (held.length === candidates.length) return held
    // They were rotated once more while we looked.
    for (const one of held) one.close()
  }
  return []
}

/**
 * The copy that was made of `held` before it was truncated: positioned behind what was read.
 * @param since milliseconds since the epoch: an older copy is of an earlier time
 */
export function copyOf(
  file: string,
  held: HeldFile,
  since: number,
  isKnown: (identity: FileIdentity) => boolean,
): HeldFile | undefined {
  const { position, tail } = held
  const length = Math.min(tail.length, COPY_TAIL)
  if (length === 0) return undefined
  for (const sibling of readable(file)) {
    if (sibling.size < position || sibling.changedAt < since - COARSE_MS) continue
    if (isSameFile(sibling.identity, held.identity) || isKnown(sibling.identity)) continue
    const copy = open(sibling)
    if (copy === undefined) continue
    if (tail.endsWith(copy.bytesAt(position - length, length))) {
      copy.seek(position)
      return copy
    }
    copy.close()
  }
  return undefined
}

/** The rotated file in which `isSought` finds what was followed before: the inode first, then every other. */
export function findRotated(file: string, inode: string, isSought: (held: HeldFile) => boolean): HeldFile | undefined {
  const all = readable(file)
  const isFirst = ({ identity }: Sibling): number => (String(identity.ino) === inode ? 0 : 1)
  for (const sibling of all.sort((a, b) => isFirst(a) - isFirst(b))) {
    const held = open(sibling)
    if (held === undefined) continue
    if (isSought(held)) return held
    held.close()
  }
  return undefined
}
