/**
 * Places in files and addresses of the web that a line of output names: what compilers, test runners and stack traces of
 * Python, Node, Java, Rust, Go, C and .NET print. A path has no spaces unless it stands in quotes. Text alone tells no more
 * than that it looks like a path: whether the file exists is for whoever opens it.
 */

export type TextLink = {
  /** Offsets in the text, end exclusive. */
  readonly start: number
  readonly end: number
} & (
  | { readonly kind: 'web'; readonly url: string }
  | {
      readonly kind: 'file'
      /** As written, a `file://` address as the path it means; relative to where the command ran. */
      readonly path: string
      /** Both from 1. */
      readonly line?: number
      readonly column?: number
    }
)

const MAX_PATH = 1024
const MAX_QUOTED = 500

/** Files that count by their name without a folder, or without a line: others are too often no file at all. */
const codeExtension =
  /\.(?:[cm]?[jt]sx?|py[iwx]?|ipynb|java|kts?|scala|groovy|clj[cs]?|rs|go|c|h|cc|cpp|cxx|hh|hpp|hxx|inl|m|mm|cs|fs|vb|swift|rb|php|pl|pm|lua|r|jl|ex|exs|erl|hs|ml|mli|dart|zig|nim|sql|sh|bash|zsh|ps1|bat|cmd|vue|svelte|astro|html?|css|scss|less|json[cl5]?|ndjson|ya?ml|toml|ini|cfg|conf|xml|md|mdx|rst|txt|log|csv|tsv|proto|cu|cuh|asm|s|tf|gradle|cmake|mk|lock|png|jpe?g|svg|gif|pdf)$/i
const plainName = /^(?:Makefile|Dockerfile|Rakefile|Gemfile|Jenkinsfile|Vagrantfile|CMakeLists\.txt|BUILD|WORKSPACE)$/
const anyExtension = /[^./\\]\.[A-Za-z]\w{0,9}$/
const rooted = /^(?:\/|~\/|\.{1,2}[/\\]|[A-Za-z]:[/\\]|\\\\)/

/** The links of a text without escape codes, in its order; none overlaps another. */
export function linksIn(text: string): TextLink[] {
  const links = webLinks(text)
  const isTaken = takenBy(links)
  const quoted = quotedFiles(text).filter(({ start, end }) => !isTaken(start, end))
  const isQuoted = takenBy(quoted)
  const bare = bareFiles(text).filter(({ start, end }) => !isTaken(start, end) && !isQuoted(start, end))
  return [...links, ...quoted, ...bare].sort((a, b) => a.start - b.start)
}

/** Whether one of the links, which are in order, overlaps a span; asked with ascending spans. */
function takenBy(links: readonly TextLink[]): (start: number, end: number) => boolean {
  let next = 0
  return (start, end) => {
    while ((links[next]?.end ?? Infinity) <= start) next++
    return (links[next]?.start ?? Infinity) < end
  }
}

function webLinks(text: string): TextLink[] {
  const links: TextLink[] = []
  for (const match of text.matchAll(/\bhttps?:\/\/[^\s<>"'`\\^{}|]+/gi)) {
    const url = withoutTail(match[0])
    if (/^https?:\/\/[^/?#:.,;!)\]]/i.test(url)) {
      links.push({ kind: 'web', start: match.index, end: match.index + url.length, url })
    }
  }
  return links
}

/** Without the punctuation of the sentence around it: a bracket stays where it was opened inside. */
function withoutTail(url: string): string {
  let round = 0
  let square = 0
  for (const character of url) {
    if (character === '(') round++
    else if (character === ')') round--
    else if (character === '[') square++
    else if (character === ']') square--
  }
  let end = url.length
  for (; end > 0; end--) {
    const last = url[end - 1] ?? ''
    if (last === ')' && round < 0) round++
    else if (last === ']' && square < 0) square++
    else if (!'.,;:!?*_'.includes(last)) break
  }
  return url.slice(0, end)
}

/** Where in the file, behind a path: `:12:3`, `:12`, `(12,3)`, `(12)`. */
const PLACE = /:(\d{1,7})(?::(\d{1,7}))?(?:-\d{1,7})?(?![\w/]|\.\w)|\((\d{1,7})(?:[,:](\d{1,7}))?(?:,\d{1,7}){0,2}\)/
/** The same in words, behind the path or its quote: `, line 3`, ` on line 3`, `:line 3`, and behind a quote `:3:5`. */
const WORDED = /["'`]?(?:,? (?:on )?line |:line )(\d{1,7})(?!\w)|["'`]:(\d{1,7})(?::(\d{1,7}))?(?!\w)/y

/** Paths in quotes: those with spaces, and those whose place stands behind the quote. */
function quotedFiles(text: string): TextLink[] {
  const links: TextLink[] = []
  const opening = /["'`]/g
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const start = match.index + 1
    const closing = text.slice(start, start + MAX_QUOTED).indexOf(match[0])
    if (closing <= 0) continue
    const inside = text.slice(start, start + closing)
    WORDED.lastIndex = start + closing
    const worded = WORDED.exec(text)
    if (!inside.includes(' ') && worded === null) continue
    const place = PLACE.exec(inside)
    const path = place === null ? inside : inside.slice(0, place.index)
    if (place !== null && place.index + place[0].length !== inside.length) continue
    const hasPlace = place !== null || worded !== null
    if (path.includes('://') || !isFile(path, hasPlace) || (path.includes(' ') && !rooted.test(path) && !hasPlace))
      continue
    const end = worded === null ? start + closing : WORDED.lastIndex
    links.push(fileLink(start, end, path, placeOf(place, worded)))
    opening.lastIndex = end
  }
  return links
}

function bareFiles(text: string): TextLink[] {
  const links: TextLink[] = []
  for (const token of text.matchAll(/[^\s"'`<>|]+/g)) {
    if (token[0].length > MAX_PATH) continue
    const link = bareFile(text, token[0], token.index)
    if (link !== undefined) links.push(link)
  }
  return links
}

function bareFile(text: string, token: string, at: number): TextLink | undefined {
  const skipped = prefixLength(token)
  const rest = token.slice(skipped)
  const start = at + skipped
  if (
    /^[a-z][a-z0-9+.-]+:/i.test(rest) &&
    !/^file:\/\//i.test(rest) &&
    !/^[\w.+-]+:\d/.test(rest) &&
    !/^[\w.+-]+\.\w+:/.test(rest)
  )
    return undefined
  const place = PLACE.exec(rest)
  let path = place === null ? rest : rest.slice(0, place.index)
  // `f(/a/b.js:1:2` and `a.b.C.f(Foo.java:12`: the file begins behind the bracket.
  const call = place === null ? -1 : unclosed(path)
  const begin = start + call + 1
  path = path.slice(call + 1)
  if (place === null) path = path.replace(/:{1,2}(?!\/\/|[/\\]).*$/, '').replace(/[.,;!?)\]}]+$/, '')
  const end = place === null ? begin + path.length : start + place.index + place[0].length
  WORDED.lastIndex = end
  const worded = place === null ? WORDED.exec(text) : null
  const isAddress = /^file:\/\//i.test(path)
  const plain = isAddress ? pathOfAddress(path) : path
  if (plain === undefined || !isFile(plain, isAddress || place !== null || worded !== null)) return undefined
  return fileLink(begin, worded === null ? end : WORDED.lastIndex, plain, placeOf(place, worded))
}

/** How much of a token stands before the path: opening brackets of the sentence, `name=`. */
function prefixLength(token: string): number {
  let from = 0
  while ('([{'.includes(token[from] ?? ' ') && !isClosedInside(token, from)) from++
  const assigned = /^-{0,2}[A-Za-z][\w-]{0,40}=/.exec(token.slice(from, from + 50))
  return from + (assigned?.[0].length ?? 0)
}

/** `(group)/page.tsx`: the bracket belongs to the path. */
function isClosedInside(token: string, from: number): boolean {
  const closing = token.indexOf(token[from] === '(' ? ')' : token[from] === '[' ? ']' : '}', from)
  return closing >= 0 && /^[\w./\\-]*[/\\.]\w/.test(token.slice(closing + 1, closing + 60))
}

/** The index of the last opening round bracket that nothing closes, or -1. */
function unclosed(text: string): number {
  let open = 0
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === ')') open++
    else if (text[at] === '(' && open-- === 0) return at
  }
  return -1
}

/** @param hasPlace a line stands behind it, or it is an address: then less is asked of the path */
function isFile(path: string, hasPlace: boolean): boolean {
  // eslint-disable-next-line no-control-regex -- none may be in a path
  if (path === '' || path.length > MAX_PATH || /[\x00-\x1f*?|<>]/.test(path)) return false
  const name = /[^/\\]*$/.exec(path)?.[0] ?? ''
  if (codeExtension.test(name)) return (hasPlace || /[/\\]/.test(path)) && name.replace(codeExtension, '') !== ''
  if (!/[/\\]/.test(path)) return hasPlace && plainName.test(name)
  if (rooted.test(path))
    return anyExtension.test(name) || plainName.test(name) || (hasPlace && /[/\\][^/\\]+[/\\]\w/.test(path))
  return hasPlace && (anyExtension.test(name) || plainName.test(name))
}

/** The path that a `file://` address means; undefined for one that means none. */
function pathOfAddress(address: string): string | undefined {
  try {
    const path = decodeURIComponent(address.replace(/^file:\/\/(?:localhost(?=\/))?/i, ''))
    return path.startsWith('/') ? path.replace(/^\/([A-Za-z]:)/, '$1') : undefined
  } catch {
    return undefined
  }
}

type Place = readonly [line: string | undefined, column: string | undefined]

function placeOf(place: RegExpExecArray | null, worded: RegExpExecArray | null): Place {
  if (place !== null) return [place[1] ?? place[3], place[2] ?? place[4]]
  return [worded?.[1] ?? worded?.[2], worded?.[3]]
}

function fileLink(start: number, end: number, path: string, [lineText, columnText]: Place): TextLink {
  const line = Number(lineText ?? 0)
  const column = Number(columnText ?? 0)
  return {
    kind: 'file',
    start,
    end,
    path,
    ...(line > 0 ? { line } : {}),
    ...(line > 0 && column > 0 ? { column } : {}),
  }
}
