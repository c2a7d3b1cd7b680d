import { HeldFile } from './heldFile'
import { positionOf, type FollowPosition } from './followPosition'

/** The position of who has read so many bytes of a file; undefined where it can't be opened. */
export function positionAt(path: string, offset: number): FollowPosition | undefined {
  const held = opened(path)
  if (held === undefined) return undefined
  try {
    held.seek(offset)
    return positionOf(held, 0)
  } finally {
    held.close()
  }
}

function opened(path: string): HeldFile | undefined {
  try {
    return HeldFile.open(path)
  } catch {
    // It was renamed or removed meanwhile, or its rights were taken away.
    return undefined
  }
}
