/** A report to read: prompt, answer, searches, sources. */
import { createCaptureReducer, relevantPhases } from '../reduce/capture'
import type { AnyEvent, RunHead } from '../../shared/events/schema'

export async function* toMarkdown(head: RunHead, events: AsyncIterable<AnyEvent>): AsyncGenerator<string> {
  const reducer = createCaptureReducer()
  for await (const event of events) if (relevantPhases.has(event.phase)) reducer.add(event)
  const { model, queries, sources, answers, errors } = reducer.summary()
  yield `# ${escape(head.title)}\n\n${head.started_at}${model === undefined ? '' : ` · ${escape(model)}`}\n`
  if (head.prompt !== undefined) yield `\n## Prompt\n\n${head.prompt.replace(/^/gm, '> ')}\n`
  for (const { message_id } of answers) yield `\n## Answer\n\n${reducer.answer(message_id)}\n`
  if (queries.length > 0) yield `\n## Searches\n\n${queries.map(({ query }) => `- ${escape(query)}\n`).join('')}`
  if (sources.length > 0) {
    yield '\n## Sources\n\n| rank | title | address | cited |\n| --- | --- | --- | --- |\n'
    for (const { rank, title, url, cited } of sources) {
      yield `| ${rank === undefined ? '' : String(rank)} | ${escape(title ?? '')} | ${escape(url)} | ${cited ? 'yes' : ''} |\n`
    }
  }
  if (errors.length > 0) yield `\n## Errors\n\n${errors.map(({ message }) => `- ${escape(message)}\n`).join('')}`
}

function escape(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\`*_[\]<>|]/g, '\\$&')
}
