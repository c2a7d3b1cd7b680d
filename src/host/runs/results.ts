/** The results of a finished launch, as the tree lists them. */
import path from 'node:path'
import { z } from 'zod'
import type { ListedRun } from '../../node/runlog/history'

export interface ListedResult {
  readonly capture_id: string
  /** As the log tells it. */
  readonly name: string
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

/** A log may hold anything: what is no result is left out, and each file is there once. */
export function resultsOf({ capture_id, metadata, path: logPath }: ListedRun): ListedResult[] {
  const results = new Map<string, ListedResult>()
  for (const entry of metadata?.results ?? []) {
    const parsed = resultSchema.safeParse(entry)
    if (!parsed.success) continue
    const { path: name, bytes, summary } = parsed.data
    const file = path.resolve(metadata?.cwd ?? path.dirname(logPath), name)
    results.set(file, {
      capture_id,
      name,
      file,
      ...(bytes === undefined ? {} : { bytes }),
      ...(summary === undefined ? {} : { summary }),
    })
  }
  return [...results.values()]
}
