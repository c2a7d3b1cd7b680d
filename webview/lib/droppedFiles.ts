/** The files that are dropped on a panel: from the editor's Explorer, its tabs, or another program. */

/** In the order of trust: the editor's own come first. */
const LISTS = ['application/vnd.code.uri-list', 'text/uri-list'] as const
const PATHS = 'codefiles'
const TEXT = 'text/plain'
const MAX_FILES = 100

interface Dropped {
  readonly types: readonly string[]
  getData(type: string): string
}

/** Whether a drag may bring files: what it brings can only be read once it is dropped. */
export function mayBringFiles({ types }: Pick<Dropped, 'types'>): boolean {
  return types.some((type) => [...LISTS, PATHS, TEXT, 'files'].includes(type.toLowerCase()))
}

/** `file:` addresses, addresses of the remote, or absolute paths, each once; empty when there is none. */
export function droppedFiles(data: Dropped): readonly string[] {
  for (const type of LISTS) {
    const files = linesOf(data.getData(type)).filter((line) => /^(?:file|vscode-remote):\/\//i.test(line))
    if (files.length > 0) return once(files)
  }
  const paths = pathsOf(data.getData(PATHS))
  if (paths.length > 0) return once(paths)
  return once(linesOf(data.getData(TEXT)).filter((line) => /^(?:file:\/\/|\/|[a-z]:[\\/])/i.test(line)))
}

function once(files: readonly string[]): readonly string[] {
  return [...new Set(files)].slice(0, MAX_FILES)
}

/** Lines with a hash are comments in a list of addresses. */
function linesOf(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}

/** The editor's own list of paths, as JSON. */
function pathsOf(text: string): readonly string[] {
  try {
    const list = JSON.parse(text) as unknown
    return Array.isArray(list) ? list.filter((path): path is string => typeof path === 'string' && path !== '') : []
  } catch {
    return []
  }
}
