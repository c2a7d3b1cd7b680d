/** What one panel follows: files that were named, and all that match a pattern, those that come later too. */
import path from 'node:path'
import { z } from 'zod'
import { compressionOf } from '../../node/textfile/decompress'
import { plural } from '../../shared/lib/format'
import { shortNames } from '../../shared/lib/shortNames'

export interface FollowTarget {
  /** Absolute paths; none where there is a pattern alone. */
  readonly files: readonly string[]
  readonly pattern?: FollowPattern
}

export interface FollowPattern {
  /** Relative to `cwd`; a good one by globProblem.ts. */
  readonly glob: string
  readonly cwd: string
}

const filesSchema = z.array(z.string().min(1)).max(256)
const targetSchema = z.union([
  filesSchema.min(1).transform((files) => ({ files })),
  z.object({ files: filesSchema, pattern: z.object({ glob: z.string().min(1), cwd: z.string().min(1) }) }),
])

/** By what the editor remembers things of it. */
export function keyOf({ files, pattern }: FollowTarget): string {
  return [...files, ...(pattern === undefined ? [] : [pattern.cwd, pattern.glob])].join('\n')
}

/** Whether they are the same files, in whatever order, and the same pattern. */
export function isSameTarget(a: FollowTarget, b: FollowTarget): boolean {
  return (
    a.files.length === b.files.length &&
    a.files.every((file) => b.files.includes(file)) &&
    a.pattern?.glob === b.pattern?.glob &&
    a.pattern?.cwd === b.pattern?.cwd
  )
}

/** What a panel leaves with the editor to be restored from. */
export function writeTarget(target: FollowTarget): string {
  return JSON.stringify(target.pattern === undefined ? target.files : target)
}

/** @returns undefined for what another version left */
export function readTarget(text: string): FollowTarget | undefined {
  try {
    return targetSchema.safeParse(JSON.parse(text)).data
  } catch {
    // No JSON: it is not ours to restore.
    return undefined
  }
}

/** The first file, or the pattern's folder: settings and the log directory are those that hold there. */
export function placeOf({ files, pattern }: FollowTarget): string {
  return files[0] ?? pattern?.cwd ?? ''
}

export function folderOf({ files: [first], pattern }: FollowTarget): string {
  return first === undefined ? (pattern?.cwd ?? '') : path.dirname(first)
}

/** What is packed is shown as it is, neither followed nor recorded. */
export function isGrowing(file: string): boolean {
  return compressionOf(file) === undefined
}

/** For the tab. */
export function titleOf({ files, pattern }: FollowTarget): string {
  const [first = '', ...more] = [...(pattern === undefined ? [] : [pattern.glob]), ...shortNames(files)]
  return more.length === 0 ? first : `${first} and ${plural(more.length, 'more', 'more')}`
}
