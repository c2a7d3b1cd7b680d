/** Lines of JSON as a run: events of ours as they were, anything else as lines of a log with what they tell. */
import { eventOfLine, isPlainPhase } from '../../core/import/ndjsonEvent'
import { createLineParser } from '../../core/lines/lineParser'
import { lineData } from '../../core/lines/recordedLine'
import { eventData, type AnyEvent, type EventDraft, type Phase } from '../../shared/events/schema'
import type { ImportEnd } from './importCast'
import { linesOf, type ImportOptions } from './inputFile'
import type { StagedRun } from './stagedRun'

/** Events of ours: damaged lines are named. */
export async function importEvents(file: string, run: StagedRun, options: ImportOptions): Promise<ImportEnd> {
  for await (const { number, offset, text } of linesOf(file, options)) {
    if (text.trim() === '') continue
    const event = eventOfLine(text)
    if (event === undefined) await run.noteDamaged(`Line ${String(number)} (at byte ${String(offset)}) is no event.`)
    else await run.at(Date.parse(event.timestamp)).emit(draftOf(event))
  }
  return { status: 'completed' }
}

/** What is not as its phase says, or has a phase that no log could hold, is kept whole under another one. */
function draftOf({ phase, data }: AnyEvent): EventDraft {
  const isKnown = Object.hasOwn(eventData, phase)
  const isSound = isKnown ? eventData[phase as Phase].safeParse(data).success : isPlainPhase(phase)
  return (isSound ? { phase, data } : { phase: 'imported', data: { raw: { phase, data } } }) as EventDraft
}

/** Any lines. */
export async function importLines(file: string, run: StagedRun, options: ImportOptions): Promise<ImportEnd> {
  const parser = createLineParser()
  for await (const { text } of linesOf(file, options)) {
    const data = lineData(file, { text }, parser)
    await run
      .at(data.logged_at === undefined ? Number.NaN : Date.parse(data.logged_at))
      .emit({ phase: 'log_line', data })
  }
  return { status: 'completed' }
}
