/** The first items of a list that only ever grows at its end: snapshots of a reducer share the list and keep a number each. */
export interface Prefix<T> {
  readonly all: readonly T[]
  readonly count: number
}

/** @param all never changed but by adding at its end */
export function prefixOf<T>(all: readonly T[]): Prefix<T> {
  return { all, count: all.length }
}

/** A list of its own, which may grow. */
export function restored<T>({ all, count }: Prefix<T>): T[] {
  return all.slice(0, count)
}
