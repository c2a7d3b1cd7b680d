/** Exports of a run log as streams of text: the log itself, or what core/export makes of its events. */
import { createReadStream } from 'node:fs'
import { toCsv } from '../../core/export/csv'
import { toHar } from '../../core/export/har'
import { toMarkdown } from '../../core/export/markdown'
import { toNdjson } from '../../core/export/ndjson'
import { readEvents, readLogInfo } from './reader'

export const exportFormats = ['json', 'ndjson', 'har', 'csv', 'markdown'] as const
export type RunExportFormat = (typeof exportFormats)[number]

/** @throws UserError when the log can't be read */
export async function* exportRun(path: string, format: RunExportFormat): AsyncGenerator<string | Buffer> {
  const info = await readLogInfo(path)
  switch (format) {
    case 'json':
      // A finished log is a document as it is; an open one becomes one by its closing brackets.
      if (info.metadata !== undefined) yield* createReadStream(path) as AsyncIterable<Buffer>
      else {
        if (info.eventsEnd > 0) yield* createReadStream(path, { end: info.eventsEnd - 1 }) as AsyncIterable<Buffer>
        yield ']}\n'
      }
      break
    case 'ndjson':
      yield* toNdjson(info.head, readEvents(info))
      break
    case 'har':
      yield* toHar(info.head, readEvents(info))
      break
    case 'csv':
      yield* toCsv(info.head, readEvents(info))
      break
    case 'markdown':
      yield* toMarkdown(info.head, readEvents(info))
  }
}
