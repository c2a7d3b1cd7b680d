import { stat } from 'node:fs/promises'
import path from 'node:path'
import { isDynamicPattern } from 'tinyglobby'

export interface SplitPattern {
  /** Absolute: the fixed folders at the start of the glob. */
  readonly base: string
  /** What follows; empty where nothing varies and `base` is the name itself. */
  readonly rest: string
}

/**
 * Parts a glob where it begins to vary, so that folders in front of it may have the characters of globs in their names:
 * `/home/run (1)/*.json`. A part without `*` is fixed also where it is the name of something that is there.
 * @param pattern with `/` between its parts @param cwd what a relative glob starts from
 */
export async function splitPattern(
  pattern: string,
  cwd: string,
  paths: path.PlatformPath = path,
): Promise<SplitPattern> {
  const { root } = paths.parse(pattern)
  const parts = pattern.slice(root.length).split('/')
  let base = paths.isAbsolute(pattern) ? paths.resolve(root) : cwd
  for (const [index, part] of parts.entries()) {
    const isFixed = !isDynamicPattern(part) || (!part.includes('*') && (await exists(paths.join(base, part))))
    if (!isFixed) return { base, rest: parts.slice(index).join('/') }
    base = paths.resolve(base, part.replace(/\\(.)/g, '$1'))
  }
  return { base, rest: '' }
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}
