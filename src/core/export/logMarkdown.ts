/** A report of followed files, a stream or imported events: what they are, how much of each level, and the errors. */
import type { AnyEvent, RunHead } from '../../shared/events/schema'
import { levelOf } from '../../shared/events/levels'
import { stripAnsi } from '../../shared/lib/ansi'
import { plural } from '../../shared/lib/format'
import { indentedCode } from './markdownText'
import { reportHead, ReportMarkers, type AboutRun } from './report'

/** Lines of errors that a report names; the first are the most telling. */
const MAX_ERRORS = 200
const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const

export async function* toLogMarkdown(
  head: RunHead,
  events: AsyncIterable<AnyEvent>,
  about: AboutRun = {},
): AsyncGenerator<string> {
  const markers = new ReportMarkers(about)
  const counts = new Map<string, number>()
  const errors: string[] = []
  let total = 0
  let failures = 0
  let last = head.started_at
  for await (const event of events) {
    const { phase, data, timestamp } = event
    markers.add(event)
    total++
    last = timestamp
    const level = levelOf(phase, data)
    if (level === undefined) continue
    counts.set(level, (counts.get(level) ?? 0) + 1)
    if (level !== 'error' && level !== 'fatal') continue
    failures++
    const text = data['text'] ?? data['message']
    if (errors.length < MAX_ERRORS && typeof text === 'string')
      errors.push(`${timestamp}  ${stripAnsi(text).slice(0, 4000)}`)
  }
  yield reportHead(head, about, [`until ${last}`, plural(total, 'event')])
  const places = [...(head.files ?? []), head.stream?.url, head.session?.path].filter(
    (place) => typeof place === 'string',
  )
  if (places.length > 0) yield `\n## From\n\n${places.map(indentedCode).join('')}`
  const told = levels.filter((level) => counts.has(level))
  if (told.length > 0)
    yield `\n## Levels\n\n${told.map((level) => `- ${level}: ${String(counts.get(level))}\n`).join('')}`
  if (errors.length > 0) yield `\n## Errors\n\n${errors.map(indentedCode).join('')}`
  if (failures > errors.length) yield `\n${plural(failures - errors.length, 'more is', 'more are')} in the log.\n`
  yield markers.section()
}
