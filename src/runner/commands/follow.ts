import path from 'node:path'
import process from 'node:process'
import { textEncodings, type TextEncoding } from '../../core/lines/lineDecoder'
import type { SourceHandle } from '../../core/source'
import { fileSource, type FileSourceOptions } from '../../node/follow/fileSource'
import type { FollowRequest } from '../../shared/follow'
import { UserError } from '../../shared/userError'
import { recordFollow } from '../follow'
import type { Recording } from '../record'
import { printRun } from '../printedRun'
import { rehearseFollow } from '../rehearsal'
import { logDirectory, parse } from './arguments'
import { BoundedOutput, eventsTo, linesTo, unblock } from './boundedOutput'
import type { Command } from './command'
import { LinePrinter, write } from './lineText'

const form = 'follow FILE… [--lines N | --from-start] [--record] [--encoding utf-8|utf-16le|utf-16be|latin1]'

const options = {
  lines: { type: 'string' },
  'from-start': { type: 'boolean' },
  record: { type: 'boolean' },
  encoding: { type: 'string' },
} as const

const DEFAULT_LINES = 10

export const followCommand: Command = {
  form,
  purpose: 'Shows the end of text files and what is written to them, through every rotation, until Ctrl-C.',
  async run(args) {
    const { values, positionals } = parse(args, options, form, 'some')
    if (values.lines !== undefined && values['from-start'] === true) {
      throw wrong('--lines and --from-start exclude each other.')
    }
    const files = [...new Set(positionals.map((file) => path.resolve(file)))]
    const from = values['from-start'] === true ? 'start' : { lines: lineCount(values.lines) }
    const encoding = encodingOf(values.encoding, form)
    const follow: FileSourceOptions = { files, from, ...(encoding === undefined ? {} : { encoding }) }
    const isJson = values.json === true
    if (values.record !== true) {
      return untilStopped(() => (isJson ? printed(follow) : shown(follow, new LinePrinter(files.length > 1))))
    }
    return recorded(
      {
        kind: 'follow',
        logDirectory: logDirectory(values.dir),
        title: titleOf(files),
        files,
        from,
        ...(encoding === undefined ? {} : { encoding }),
      },
      isJson,
    )
  },
}

/** The recording goes on whatever becomes of our output. */
async function recorded(request: FollowRequest, isJson: boolean): Promise<number> {
  unblock(process.stdout)
  unblock(process.stderr)
  const output = new BoundedOutput(process.stdout, isJson ? 'events' : 'lines', say)
  let recording: Recording | undefined
  // Before the log directory is made: Ctrl-C would end us without a word then.
  const letGo = onStop(() => {
    recording?.stop('polite')
  })
  let code: number
  try {
    recording = recordFollow(request, {
      log: say,
      onEvents: isJson ? eventsTo(output) : linesTo(output, request.files.length > 1),
    })
    const { status, error, path: log, eventCount } = await recording.result
    if (error !== undefined) say(error)
    say(log === '' ? 'nothing came, so nothing was recorded' : `${String(eventCount)} events in ${log}`)
    code = status === 'completed' ? 0 : 1
  } finally {
    letGo()
  }
  if (await output.close()) return code
  say('the rest of the output is not shown, nobody reads it')
  // What waits for a reader would keep us for as long as they like.
  return process.exit(code)
}

async function printed(options: FileSourceOptions): Promise<Pick<SourceHandle, 'ended' | 'stop'>> {
  const run = await printRun(fileSource(options), { print: write, log: say })
  const over = new AbortController()
  const rehearsal = rehearseFollow(over.signal).catch((error: unknown) => {
    // It makes the first lines faster, and nothing else.
    say(`what is followed comes a moment later at first: ${error instanceof Error ? error.message : String(error)}`)
  })
  const ended = run.ended.finally(async () => {
    over.abort()
    await rehearsal
  })
  return { ended, stop: run.stop }
}

/** For a person nothing is numbered or redacted: it is their file. */
function shown(options: FileSourceOptions, printer: LinePrinter): Promise<SourceHandle> {
  return fileSource({ ...options, plain: true }).open({
    emit: (draft) => printer.take(draft),
    output: () => undefined,
    endOutput: () => undefined,
    openLog: () => undefined,
    launched: () => undefined,
    log: say,
  })
}

/** Ctrl-C may come while it starts. */
async function untilStopped(start: () => Promise<Pick<SourceHandle, 'ended' | 'stop'>>): Promise<number> {
  let running: Pick<SourceHandle, 'stop'> | undefined
  const asked = { toStop: false }
  const letGo = onStop(() => {
    asked.toStop = true
    void running?.stop('polite')
  })
  try {
    const started = await start()
    running = started
    if (asked.toStop) void started.stop('polite')
    const { status } = await started.ended
    return status === 'completed' ? 0 : 1
  } finally {
    letGo()
  }
}

function onStop(stop: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, stop)
  return () => {
    for (const signal of signals) process.off(signal, stop)
  }
}

function lineCount(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LINES
  if (!/^\d{1,9}$/.test(text)) throw wrong(`--lines takes a whole number, not ${JSON.stringify(text)}.`)
  return Number(text)
}

/** @throws UserError that names the encodings there are */
export function encodingOf(text: string | undefined, usage: string): TextEncoding | undefined {
  if (text === undefined) return undefined
  const found = textEncodings.find((name) => name === text.toLowerCase())
  if (found === undefined) {
    throw wrong(`--encoding takes ${textEncodings.join(', ')}, not ${JSON.stringify(text)}.`, usage)
  }
  return found
}

function titleOf(files: readonly string[]): string {
  const [first = ''] = files
  const more = files.length > 1 ? ` and ${String(files.length - 1)} more` : ''
  return `${path.basename(first)}${more}`.slice(0, 200)
}

function wrong(reason: string, usage = form): UserError {
  return new UserError(`${reason}\nUsage: tapedeck ${usage}`, 'bad_arguments', 'bad_input')
}

function say(message: string): void {
  process.stderr.write(`tapedeck: ${message}\n`)
}
