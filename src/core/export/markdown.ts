/** A report to read: prompt, answer, searches, sources. */
import { createCaptureReducer, relevantPhases } from '../reduce/capture'
import type { AnyEvent, RunHead } from '../../shared/events/schema'
import { escapeMarkdown } from './markdownText'
import { reportHead, ReportMarkers, type AboutRun } from './report'

export async function* toMarkdown(
  head: RunHead,
  events: AsyncIterable<AnyEvent>,
  about: AboutRun = {},
): AsyncGenerator<string> {
  const reducer = createCaptureReducer()
  const markers = new ReportMarkers(about)
  for await (const event of events) {
    markers.add(event)
    if (relevantPhases.has(event.phase)) reducer.add(event)
  }
  const { model, queries, sources, answers, errors } = reducer.summary()
  yield reportHead(head, about, model === undefined ? [] : [model])
  if (head.prompt !== undefined) yield `\n## Prompt\n\n${head.prompt.replace(/^/gm, '> ')}\n`
  for (const { message_id } of answers) yield `\n## Answer\n\n${reducer.answer(message_id)}\n`
  if (queries.length > 0)
    yield `\n## Searches\n\n${queries.map(({ query }) => `- ${escapeMarkdown(query)}\n`).join('')}`
  if (sources.length > 0) {
    yield '\n## Sources\n\n| rank | title | address | cited |\n| --- | --- | --- | --- |\n'
    for (const { rank, title, url, cited } of sources) {
      yield `| ${rank === undefined ? '' : String(rank)} | ${escapeMarkdown(title ?? '')} | ${escapeMarkdown(url)} | ${cited ? 'yes' : ''} |\n`
    }
  }
  if (errors.length > 0)
    yield `\n## Errors\n\n${errors.map(({ message }) => `- ${escapeMarkdown(message)}\n`).join('')}`
  yield markers.section()
}
