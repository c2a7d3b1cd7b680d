/** How much room a disk has left. */
import { statfs } from 'node:fs/promises'

/** Below this a disk counts as nearly full. */
const LITTLE_BYTES = 1_000_000_000
const LITTLE_SHARE = 0.05
/** A twentieth of a very large disk is plenty. */
const PLENTY_BYTES = 20_000_000_000

export interface DiskSpace {
  readonly freeBytes: number
  readonly totalBytes: number
}

/** Undefined where the system does not tell. */
export async function diskSpace(folder: string): Promise<DiskSpace | undefined> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder)
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  } catch {
    return undefined
  }
}

export function isNearlyFull({ freeBytes, totalBytes }: DiskSpace): boolean {
  return freeBytes < LITTLE_BYTES || (freeBytes < totalBytes * LITTLE_SHARE && freeBytes < PLENTY_BYTES)
}
