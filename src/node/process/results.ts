/** The results of a launch: files that match its globs and were made or changed while it ran, by whomever. */
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { escapePath } from 'tinyglobby'
import type { EventDraft } from '../../shared/events/schema'
import { formatCount, plural } from '../../shared/lib/format'
import { summarizeReport } from './reportSummary'
import { findFiles, isNameless } from './findFiles'
import { splitPattern } from './splitPattern'
import { within } from './within'

export interface ResultOptions {
  /** Globs, absolute or relative to `cwd`; the name of a folder means all that is in it. */
  readonly patterns: readonly string[]
  /** Absolute. */
  readonly cwd: string
  /** Epoch time in milliseconds. */
  readonly startedAt: number
  /** Folders whose files are no results, such as the log directory; absolute. */
  readonly ignore?: readonly string[]
  /** Default: 10,000. */
  readonly maxFiles?: number
  /** How long one search through the folders may take, in milliseconds. Default: 20 s. */
  readonly searchMs?: number
  /** How long a start may wait for the first search, in milliseconds. Default: 1 s. */
  readonly beginMs?: number
}

interface FoundFile {
  readonly file: string
  readonly bytes: number
  /** Epoch time in milliseconds. */
  readonly modified: number
  /** The file itself, whatever its name. */
  readonly inode: number
  /** The folder above the first part of the glob that is not fixed. */
  readonly base: string
}

interface Search {
  readonly files: readonly FoundFile[]
  /** Matching files that were not looked at. */
  readonly skipped: number
  /** Files and folders whose names are not UTF-8 and so can't be opened by name. */
  readonly nameless: number
  /** Sentences about globs that could not be searched. */
  readonly problems: readonly string[]
}

const MAX_FILES = 10_000
const MAX_LOOKED_AT = 100_000
const MAX_FOLDERS = 1000
const MAX_SUMMARIES = 200
const MAX_REPORT_BYTES = 1024 * 1024
const SEARCH_MS = 20_000
const BEGIN_MS = 1000
const STATS_AT_ONCE = 64
const REPORT = /^(?:report|summary|results|metrics)\.json$/i
/** The kernel's clock for files stands still between two ticks, up to 10 ms. */
const TICK_MS = 20

/** Looks twice: at the start, to know what was there, and at the end. Never throws for what can't be read. */
export class ResultCollector {
  #before: Promise<Search> | undefined
  /** The command started when the first search was over: what is the same then is not its work, whatever the clock says. */
  #isInTime = false

  constructor(private readonly options: ResultOptions) {}

  /** Notes what is there. Resolves when the command may start; a search that takes too long goes on beside it. */
  async begin(): Promise<void> {
    const search = (this.#before ??= this.#search())
    if (this.options.patterns.length > 0) this.#isInTime = await within(this.options.beginMs ?? BEGIN_MS, search)
  }

  /**
   * What the run made or changed, sorted by path, as `result` events; then the folders with what matches from before, as
   * `result` events without `bytes` and with `raw.folder`; then `dropped` for what is over the bounds and an `error` for a
   * glob that could not be searched.
   */
  async collect(): Promise<EventDraft[]> {
    if (this.options.patterns.length === 0) return []
    const before = await this.#before
    const now = await this.#search()
    const known = new Map(before?.files.map((file) => [file.file, file]))
    const knowsAll = before?.skipped === 0 && before.problems.length === 0
    const isChanged = (file: FoundFile): boolean => {
      const old = known.get(file.file)
      if (old === undefined ? knowsAll : !isSame(file, old)) return true
      return !(this.#isInTime && old !== undefined) && isSince(file.modified, this.options.startedAt)
    }
    const changed = now.files.filter(isChanged).sort((a, b) => b.modified - a.modified)
    const kept = changed.slice(0, this.options.maxFiles ?? MAX_FILES).sort((a, b) => inOrder(a.file, b.file))
    const folders = earlierFolders(now.files.filter((file) => !isChanged(file)))
    return [
      ...(await fileDrafts(kept)),
      ...folders.slice(0, MAX_FOLDERS),
      ...dropped(changed.length - kept.length, 'older result files: a run lists the newest only'),
      ...dropped(folders.length - MAX_FOLDERS, 'folders with earlier results'),
      ...dropped(now.skipped, `result files that were not looked at: more than ${formatCount(MAX_LOOKED_AT)} match`),
      ...dropped(now.nameless, 'result files and folders whose names are not UTF-8'),
      ...now.problems.map((message): EventDraft => ({
        phase: 'error',
        data: { message, code: 'results_not_searched', fatal: false },
      })),
    ]
  }

  async #search(): Promise<Search> {
    const { patterns, cwd, ignore = [], searchMs = SEARCH_MS } = this.options
    const problems: string[] = []
    const found = new Map<string, string>()
    const unopened = new Set<string>()
    for (const pattern of patterns.filter((text) => text.trim() !== '')) {
      const signal = AbortSignal.timeout(searchMs)
      try {
        const slashed = path.sep === '\\' ? pattern.replaceAll('\\', '/') : pattern
        const { base, rest } = await splitPattern(slashed, cwd)
        const searched = rest === '' ? await staticPattern(base) : { folder: base, glob: rest }
        const { files, nameless } = await findFiles(searched.glob, searched.folder, signal)
        for (const name of nameless) unopened.add(name)
        for (const file of files) {
          const name = path.normalize(file)
          if (!ignore.some((folder) => isWithin(name, folder)) && !found.has(name)) found.set(name, searched.folder)
        }
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        problems.push(`Results that match ${pattern} could not be looked for in ${cwd}: ${why}.`)
      }
      if (signal.aborted)
        problems.push(`Looking for results that match ${pattern} took too long; not all of them are listed.`)
    }
    const all = [...found]
    return {
      files: await lookAt(all.slice(0, MAX_LOOKED_AT), unopened),
      skipped: Math.max(0, all.length - MAX_LOOKED_AT),
      nameless: unopened.size,
      problems,
    }
  }
}

/** A name without anything that varies: a folder means all that is in it. */
async function staticPattern(file: string): Promise<{ folder: string; glob: string }> {
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (isFolder) return { folder: file, glob: '**' }
  return { folder: path.dirname(file), glob: escapePath(path.basename(file)) }
}

async function lookAt(found: readonly (readonly [string, string])[], nameless: Set<string>): Promise<FoundFile[]> {
  const files: FoundFile[] = []
  for (let at = 0; at < found.length; at += STATS_AT_ONCE) {
    const some = await Promise.all(
      found.slice(at, at + STATS_AT_ONCE).map(async ([file, base]) => {
        try {
          const found = await stat(file)
          const { size: bytes, mtimeMs: modified, ino: inode } = found
          return found.isFile() ? [{ file, base, bytes, modified, inode }] : []
        } catch {
          if (isNameless(file)) nameless.add(file)
          // It is gone again, or a link to nothing: no result.
          return []
        }
      }),
    )
    files.push(...some.flat())
  }
  return files
}

function isSame(one: FoundFile, other: FoundFile): boolean {
  return one.bytes === other.bytes && one.modified === other.modified && one.inode === other.inode
}

/** Some file systems keep whole seconds only, or two. */
function isSince(modified: number, startedAt: number): boolean {
  const precision = modified % 2000 === 0 ? 2000 : modified % 1000 === 0 ? 1000 : 1
  return modified >= Math.floor((startedAt - TICK_MS) / precision) * precision
}

async function fileDrafts(files: readonly FoundFile[]): Promise<EventDraft[]> {
  const drafts: EventDraft[] = []
  let summaries = 0
  for (const { file, bytes, modified } of files) {
    const isReport = REPORT.test(path.basename(file)) && bytes <= MAX_REPORT_BYTES && summaries < MAX_SUMMARIES
    if (isReport) summaries++
    const summary = isReport ? await summaryOf(file) : undefined
    const data = { path: file, bytes, modified_at: timeOf(modified), ...(summary === undefined ? {} : { summary }) }
    drafts.push({ phase: 'result', data })
  }
  return drafts
}

async function summaryOf(file: string): Promise<string | undefined> {
  try {
    return summarizeReport(await readFile(file, 'utf8'))
  } catch {
    // It may not be read: it is listed without a summary.
    return undefined
  }
}

/** Folders right below the fixed part of a glob, such as `results/2026-11-20` of `results/**`; the newest first. */
function earlierFolders(files: readonly FoundFile[]): EventDraft[] {
  const folders = new Map<string, { count: number; modified: number }>()
  for (const { file, base, modified } of files) {
    const parts = path.relative(base, file).split(path.sep)
    const [first = ''] = parts
    if (parts.length < 2 || first === '..') continue
    const folder = path.join(base, first)
    const known = folders.get(folder)
    folders.set(folder, {
      count: (known?.count ?? 0) + 1,
      modified: Math.max(known?.modified ?? -Infinity, modified),
    })
  }
  return [...folders]
    .sort(([a, one], [b, other]) => other.modified - one.modified || inOrder(a, b))
    .map(([folder, { count, modified }]) => ({
      phase: 'result',
      data: {
        path: folder,
        modified_at: timeOf(modified),
        summary: `folder with ${plural(count, 'file')} from before this run`,
        raw: { folder: true },
      },
    }))
}

function dropped(count: number, why: string): EventDraft[] {
  return count > 0 ? [{ phase: 'dropped', data: { count, why } }] : []
}

function isWithin(file: string, folder: string): boolean {
  return file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep)
}

/** A time that no date can hold stands for the oldest. */
function timeOf(ms: number): string {
  const date = new Date(Math.round(ms))
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString()
}

const collator = new Intl.Collator('en', { numeric: true })
const inOrder = (a: string, b: string): number => collator.compare(a, b)
