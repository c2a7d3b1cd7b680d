/** The names under which a followed file may change: its own, and those of links on the way to it. */
import { readlinkSync } from 'node:fs'
import path from 'node:path'

/** More links than this lead in a circle, as the system sees it too. */
const MAX_LINKS = 40

/**
 * The path itself, each link that decides where it leads (one of its folders may be a link too), and where it leads in the end.
 * Whoever watches the folders of them all learns of each switch.
 */
export function waysTo(file: string): string[] {
  const ways = new Set([file])
  let links = 0
  let at = path.parse(file).root
  let rest = partsOf(file)
  for (;;) {
    const part = rest.shift()
    if (part === undefined) break
    const here = path.join(at, part)
    const target = links < MAX_LINKS ? linkAt(here) : undefined
    if (target === undefined) at = here
    else {
      links++
      ways.add(here)
      const next = path.resolve(at, target)
      rest = [...partsOf(next), ...rest]
      at = path.parse(next).root
    }
  }
  ways.add(at)
  return [...ways]
}

function partsOf(file: string): string[] {
  return path.relative(path.parse(file).root, file).split(path.sep)
}

function linkAt(file: string): string | undefined {
  try {
    return readlinkSync(file)
  } catch {
    // No link, or nothing there (yet).
    return undefined
  }
}
