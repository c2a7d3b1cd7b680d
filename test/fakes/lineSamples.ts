/** Sample lines of every format with what they say: test/fixtures/lines, one file a family. */
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'

declare const __PROJECT_ROOT__: string

/** A line and its parse; `loggedAt` is an ISO time, to the millisecond. */
export type SampleLine = { readonly text: string; readonly message: string; readonly loggedAt?: string } & Readonly<
  Record<string, unknown>
>

export interface FormatSample {
  readonly family: string
  readonly format: string
  readonly lines: readonly SampleLine[]
}

/** When and where the samples are read: for stamps without a year, a day or a zone. */
export const sampleClock = { now: Date.UTC(2026, 10, 20, 23, 0, 0), offsetMinutes: 0 } as const

export function formatSamples(): readonly FormatSample[] {
  const folder = path.join(__PROJECT_ROOT__, 'test/fixtures/lines')
  return readdirSync(folder).flatMap((file) =>
    (JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as FormatSample[]).map((sample) => ({
      ...sample,
      family: path.basename(file, '.json'),
    })),
  )
}
