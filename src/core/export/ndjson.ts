import type { AnyEvent, RunHead } from '../../shared/events/schema'

/** One event a line, without head and metadata: what `jq` and data frames like best. */
export async function* toNdjson(_head: RunHead, events: AsyncIterable<AnyEvent>): AsyncGenerator<string> {
  for await (const event of events) yield `${JSON.stringify(event)}\n`
}
