/** The results of a finished launch, as the tree lists them. */
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
  readonly summary?: string
}

const resultSchema = z.union([
  z
    .string()
    .min(1)
    .transform((path) => ({ path, bytes: undefined, summary: undefined })),
  z.looseObject({
    path: z.string().min(1),
    bytes: z.number().optional(),
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
    const { path: told, bytes, summary } = parsed.data
    const cwd = metadata?.cwd ?? path.dirname(logPath)
    const file = path.resolve(cwd, told)
    results.set(file, {
      capture_id,
      name: path.basename(file),
      folder: shortened(path.dirname(file), [...workspaceFolders, cwd]),
      file,
      ...(bytes === undefined ? {} : { bytes }),
      ...(summary === undefined ? {} : { summary }),
    })
  }
  return [...results.values()]
}

/** A folder relative to the first of `bases` that it lies in; absolute where it lies in none. */
function shortened(folder: string, bases: readonly string[]): string {
  const base = bases.find((one) => folder === one || folder.startsWith(one.endsWith(path.sep) ? one : one + path.sep))
  return base === undefined ? folder : path.relative(base, folder)
}
