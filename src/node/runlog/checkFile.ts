/** `tapedeck check`: a run log held against the format, line by line. */
import { createReadStream } from 'node:fs'
import { createChecker, type Violation } from '../../core/check'
import { eventData, eventEnvelopeSchema, headSchema, metadataSchema, type Phase } from '../../shared/events/schema'
import type { z } from 'zod'
import { NEWLINE } from './eventLine'

export interface CheckResult {
  readonly events: number
  readonly violations: readonly Violation[]
}

function problem(schema: z.ZodType, value: unknown): string | undefined {
  const result = schema.safeParse(value)
  if (result.success) return undefined
  const issue = result.error.issues[0]
  return issue === undefined ? 'not as described' : `${issue.path.join('.') || 'value'}: ${issue.message}`
}

/** Reads the whole file in pieces; memory is the longest line. */
export async function checkFile(path: string): Promise<CheckResult> {
  const checker = createChecker({
    head: (value) => problem(headSchema, value),
    metadata: (value) => problem(metadataSchema, value),
    event: (value) => {
      const envelope = problem(eventEnvelopeSchema, value)
      if (envelope !== undefined) return envelope
      const { phase, data } = value as { phase: string; data: unknown }
      return Object.hasOwn(eventData, phase) ? problem(eventData[phase as Phase], data) : undefined
    },
  })
  const violations: Violation[] = []
  let number = 0
  let pieces: Buffer[] = []
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    const bytes = chunk as Buffer
    let start = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      const line = Buffer.concat([...pieces, bytes.subarray(start, end)]).toString('utf8')
      pieces = []
      violations.push(...checker.line(++number, line))
      start = end + 1
    }
    if (start < bytes.length) pieces.push(Buffer.from(bytes.subarray(start)))
  }
  if (pieces.length > 0) violations.push(...checker.line(number + 1, Buffer.concat(pieces).toString('utf8'), false))
  violations.push(...checker.end())
  return { events: checker.events, violations }
}
