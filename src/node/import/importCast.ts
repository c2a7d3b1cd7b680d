/** An asciicast as a launch: what was printed goes through the encoder of output, at the times of the recording. */
import { CastReader, castHeader, type CastEvent } from '../../core/import/cast'
import { UserError } from '../../shared/userError'
import { linesOf, type ImportOptions } from './inputFile'
import type { StagedRun } from './stagedRun'

export interface ImportEnd {
  readonly status: 'completed' | 'failed'
  readonly exitCode?: number
}

/** @param startedMs of the run, in milliseconds since the epoch */
export async function importCast(
  file: string,
  run: StagedRun,
  startedMs: number,
  options: ImportOptions,
): Promise<ImportEnd> {
  let reader: CastReader | undefined
  let end: ImportEnd = { status: 'completed' }
  for await (const { number, offset, text } of linesOf(file, options)) {
    if (reader === undefined) {
      const header = castHeader(text)
      if (header === undefined)
        throw new UserError(`${file} is no asciicast of version 2 or 3.`, 'bad_cast', 'bad_input')
      reader = new CastReader(header)
      await run.emit({
        phase: 'process',
        data: { state: 'started', ...(header.command === undefined ? {} : { command: header.command }) },
      })
      continue
    }
    const event = reader.event(text)
    if (event === 'nothing') continue
    if (event === undefined) await run.noteDamaged(`Line ${String(number)} (at byte ${String(offset)}) is no event.`)
    else end = (await take(run.at(startedMs + event.ms), event)) ?? end
  }
  return end
}

async function take(run: StagedRun, { code, data }: CastEvent): Promise<ImportEnd | undefined> {
  const status = Number(data)
  if (code === 'o') await run.output('stdout', data)
  // Enter is a carriage return.
  else if (code === 'i') await run.output('stdin', data.replace(/\r\n?/g, '\n'))
  else if (code === 'm') await run.emit({ phase: 'marker', data: { name: data === '' ? 'marker' : data } })
  else if (code === 'x' && Number.isInteger(status)) {
    await run.emit({ phase: 'process', data: { state: 'exited', exit_code: status } })
    return { status: status === 0 ? 'completed' : 'failed', exitCode: status }
  } else {
    const name = code === 'r' ? `terminal resized to ${data}` : `asciicast event ${code}`
    await run.emit({ phase: 'marker', data: { name, raw: { code, data } } })
  }
  return undefined
}
