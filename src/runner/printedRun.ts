/** A source whose events are shown and not kept. */
import { createRedactor } from '../core/redact/redactor'
import { Run } from '../core/run'
import type { Source, SourceHandle } from '../core/source'
import { systemClock } from '../node/machine/clock'
import { newCaptureId } from '../node/runlog/layout'

export interface PrintOptions {
  /** Every event: JSON, one a line; valid until this returns. A promise while the reader is behind. */
  readonly print: (lines: Buffer) => Promise<void> | undefined
  readonly log: (message: string) => void
}

const NEWLINE = 10
const COMMA = 44

/** @throws UserError when the source can't start */
export async function printRun(
  source: Source,
  { print, log }: PrintOptions,
): Promise<Pick<SourceHandle, 'ended' | 'stop'>> {
  const redactor = createRedactor()
  const run = new Run(newCaptureId(Date.now()), systemClock, redactor, {
    append: (batch) => {
      const behind = print(withoutCommas(batch.bytes))
      batch.release()
      return behind
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

/** Between events stands a comma, as in a log. Works in place. */
function withoutCommas(bytes: Uint8Array): Buffer {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  let start = 0
  let length = 0
  for (let from = 0; from < lines.length;) {
    const end = lines.indexOf(NEWLINE, from) + 1 || lines.length
    if (lines[from] === COMMA) from++
    if (length === 0) start = from
    else if (start + length !== from) lines.copyWithin(start + length, from, end)
    length += end - from
    from = end
  }
  return lines.subarray(start, start + length)
}
