/** A source whose events are shown and not kept. */
import { createRedactor } from '../core/redact/redactor'
import { Run } from '../core/run'
import type { Source, SourceHandle } from '../core/source'
import { systemClock } from '../node/machine/clock'
import { newCaptureId } from '../node/runlog/layout'

export interface PrintOptions {
  /** Every event: JSON, one a line. A promise while the reader is behind. */
  readonly print: (text: string) => Promise<void> | undefined
  readonly log: (message: string) => void
}

/** @throws UserError when the source can't start */
export async function printRun(
  source: Source,
  { print, log }: PrintOptions,
): Promise<Pick<SourceHandle, 'ended' | 'stop'>> {
  const redactor = createRedactor()
  const run = new Run(newCaptureId(Date.now()), systemClock, redactor, {
    append: (batch) => {
      const text = Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset, batch.bytes.length).toString('utf8')
      batch.release()
      // Between events stands a comma, as in a log.
      return print(text.replaceAll(/^,/gm, ''))
    },
  })
  const handle = await source.open({
    emit: (draft) => run.emit(draft),
    output: (origin, bytes) => run.output(origin, bytes),
    endOutput: (origin) => {
      run.endOutput(origin)
    },
    openLog: () => undefined,
    launched: () => undefined,
    log,
  })
  return {
    ended: handle.ended.then(async (end) => {
      for (const draft of redactor.flush()) void run.emit(draft)
      await run.flush()
      return end
    }),
    stop: (how) => handle.stop(how),
  }
}
