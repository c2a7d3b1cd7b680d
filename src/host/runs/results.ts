/** The results of a finished launch, as the tree lists them. */
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { ListedRun } from '../../node/runlog/history'

export interface ListedResult {
  readonly capture_id: string
  readonly name: string
  /** Where it lies, as short as can be: relative to the workspace folder, else to the run's `cwd`; empty right there. */
  readonly folder: string
  /** Absolute. */
  readonly file: string
  readonly bytes?: number
  /** ISO 8601, when the run ended. */
  readonly modified_at?: string
  readonly summary?: string
}

const resultSchema = z.union([
  z
    .string()
    .min(1)
    .transform((path) => ({ path, bytes: undefined, modified_at: undefined, summary: undefined })),
  z.looseObject({
    path: z.string().min(1),
    bytes: z.number().optional(),
    modified_at: z.string().optional(),
    summary: z.string().optional(),
  }),
])

/**
 * A log may hold anything: what is no result is left out, and each file is there once.
 * @param workspaceFolders absolute
 */
export function resultsOf(
  { capture_id, metadata, path: logPath }: ListedRun,
  workspaceFolders: readonly string[],
): ListedResult[] {
  const results = new Map<string, ListedResult>()
  for (const entry of metadata?.results ?? []) {
    const parsed = resultSchema.safeParse(entry)
    if (!parsed.success) continue
    const { path: told, bytes, modified_at, summary } = parsed.data
    const cwd = metadata?.cwd ?? path.dirname(logPath)
    const file = path.resolve(cwd, told)
    results.set(file, {
      capture_id,
      name: path.basename(file),
      folder: shortened(path.dirname(file), [...workspaceFolders, cwd]),
      file,
      ...(bytes === undefined ? {} : { bytes }),
      ...(modified_at === undefined ? {} : { modified_at }),
      ...(summary === undefined ? {} : { summary }),
    })
  }
  return [...results.values()]
}

/** What became of a result since its run ended, as far as the log tells how it was; undefined when it is the same. */
export async function changeOf({ file, bytes, modified_at }: ListedResult): Promise<'changed' | 'gone' | undefined> {
  try {
    const found = await stat(file)
    const isOther = (then: number | undefined, now: number): boolean => then !== undefined && then !== now
    const modified = modified_at === undefined ? undefined : Date.parse(modified_at)
    return isOther(bytes, found.size) || isOther(modified, Math.round(found.mtimeMs)) ? 'changed' : undefined
  } catch {
    return 'gone'
  }
}

/** A folder relative to the first of `bases` that it lies in; absolute where it lies in none. */
function shortened(folder: string, bases: readonly string[]): string {
  const base = bases.find((one) => folder === one || folder.startsWith(one.endsWith(path.sep) ? one : one + path.sep))
  return base === undefined ? folder : path.relative(base, folder)
}
