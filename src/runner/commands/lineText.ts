/** What a person sees of followed files: their lines, under the name of the file where there are several. */
import { writeSync } from 'node:fs'
import process from 'node:process'
import { cleanLine } from '../../core/lines/cleanLine'
import type { EventDraft } from '../../shared/events/schema'

export class LinePrinter {
  private source: string | undefined
  /** What stands in the line that has not ended. */
  private open = ''

  /** @param print takes what is to be shown; a promise while whoever reads it is behind */
  constructor(
    private readonly hasNames: boolean,
    private readonly print: (text: string) => Promise<void> | undefined = write,
  ) {}

  /** Lines were left out: what comes now does not go on with the one that has not ended. */
  skip(): void {
    if (this.open === '') return
    this.open = ''
    void this.print('\n')
  }

  /** @returns a promise while whoever reads our output is behind */
  take({ phase, data }: Pick<EventDraft, 'phase' | 'data'>): Promise<void> | undefined {
    if (phase === 'file') {
      const { state, path } = data as { readonly state: string; readonly path: string }
      if (state !== 'opened') process.stderr.write(`tapedeck: ${cleanLine(path)}: ${state}\n`)
      return undefined
    }
    if (phase !== 'log_line' && phase !== 'line_update') return undefined
    const { text, source } = data as { readonly text: string; readonly source?: string }
    let out = ''
    if (source !== this.source && (this.hasNames || this.open !== '')) {
      if (this.open !== '') out += '\n'
      this.open = ''
      if (this.hasNames) out += `==> ${cleanLine(source ?? '')} <==\n`
    }
    this.source = source
    // What is there of an unfinished line is not printed again.
    const isOnward = text.startsWith(this.open)
    out += isOnward ? text.slice(this.open.length) : `\n${text}`
    this.open = phase === 'line_update' ? text : ''
    if (phase === 'log_line') out += '\n'
    return this.print(out)
  }
}

/** Each look at a standard stream goes through several getters. */
let ownOutput: { readonly stream: NodeJS.WriteStream; readonly fd: number; readonly isTerminal: boolean } | undefined
let drained: Promise<void> | undefined

/**
 * @param output valid until this returns
 * @returns a promise while whoever reads our output is behind: the same one for all who wait
 */
export function write(output: string | Uint8Array): Promise<void> | undefined {
  const bytes = typeof output === 'string' ? Buffer.from(output) : output
  const done = writtenNow(bytes)
  if (done === bytes.length) return undefined
  const rest = bytes.subarray(done)
  if (process.stdout.write(Buffer.from(rest))) return undefined
  drained ??= new Promise((resolve) => {
    const goOn = (): void => {
      process.stdout.off('drain', goOn)
      process.stdout.off('error', goOn)
      drained = undefined
      resolve()
    }
    process.stdout.on('drain', goOn)
    process.stdout.on('error', goOn)
  })
  return drained
}

/** The stream's own way to a pipe blocks just as well, and takes longer. */
function writtenNow(bytes: Uint8Array): number {
  ownOutput ??= { stream: process.stdout, fd: process.stdout.fd, isTerminal: process.stdout.isTTY }
  const { stream, fd, isTerminal } = ownOutput
  if (isTerminal || stream.writableLength > 0) return 0
  let done = 0
  try {
    while (done < bytes.length) done += writeSync(fd, bytes, done)
  } catch {
    // The stream knows how to wait for room, and says what is wrong with the rest.
  }
  return done
}
