/** `search`: a text in all runs of a log directory. */
import process from 'node:process'
import { listRuns } from '../../node/runlog/runHistory'
import { rawPlace, searchedRun, searchRuns } from '../../node/runlog/searchRuns'
import { startedAt, titleOf } from '../../node/runlog/history'
import { formatDateTime, formatTime, plural } from '../../shared/lib/format'
import { UserError } from '../../shared/userError'
import { logDirectory, parse } from './arguments'
import type { Command } from './command'

const FORM = 'search TEXT [--regex] [--case] [--word] [--max N]'

export const searchCommand: Command = {
  form: FORM,
  purpose: 'Finds a text in all runs, the newest first: in their titles, tags and events.',
  async run(args) {
    const options = {
      regex: { type: 'boolean' },
      case: { type: 'boolean' },
      word: { type: 'boolean' },
      max: { type: 'string' },
    } as const
    const { values, positionals } = parse(args, options, FORM, 1)
    const [pattern = ''] = positionals
    if (pattern === '') throw new UserError('There is no text to search for.', 'bad_arguments', 'bad_input')
    const total = maximum(values.max)
    const directory = logDirectory(values.dir)
    const runs = await listRuns(directory)
    const known = new Map(runs.map((run) => [run.capture_id, run]))
    let told: string | undefined
    const query = {
      pattern,
      regex: values.regex === true,
      caseSensitive: values.case === true,
      wholeWord: values.word === true,
    }
    let count = 0
    const end = await searchRuns(
      runs.map(searchedRun),
      query,
      { perRun: Number.MAX_SAFE_INTEGER, total },
      ({ capture_id }, hits) => {
        const run = known.get(capture_id)
        const title = run === undefined ? undefined : titleOf(run)
        if (hits.length > 0 && told !== capture_id && run !== undefined && values.json !== true)
          process.stdout.write(`${capture_id}  ${formatDateTime(startedAt(run).getTime())}  ${titleOf(run)}\n`)
        told = capture_id
        for (const hit of hits) {
          const { seq, time, phase, text, from, length } = hit
          const place = rawPlace(hit)
          count++
          const isTimed = time !== undefined && !Number.isNaN(time)
          const timestamp = isTimed ? { timestamp: new Date(time).toISOString() } : {}
          process.stdout.write(
            values.json === true
              ? `${JSON.stringify({ capture_id, title, started_at: run?.head?.started_at, seq, phase, ...timestamp, text, from, length })}\n`
              : `  ${String(seq ?? '-').padStart(8)}  ${isTimed ? formatTime(time) : ' '.repeat(12)}  ${place === undefined ? '' : `(${place}) `}${text}\n`,
          )
        }
      },
    )
    const notes = [
      ...(count === 0 ? [`nothing was found in ${plural(runs.length, 'run')} of ${directory}.`] : []),
      ...(end.isCut ? [`there may be more: --max ${String(total)} was reached.`] : []),
      ...(end.unreadable === 0 ? [] : [`${plural(end.unreadable, 'run')} could not be read.`]),
    ]
    for (const note of notes) process.stderr.write(`tapedeck: ${note}\n`)
    return 0
  },
}

function maximum(text: string | undefined): number {
  if (text === undefined) return Number.MAX_SAFE_INTEGER
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new UserError(`--max takes a number from 1, not ${JSON.stringify(text)}.`, 'bad_arguments', 'bad_input')
}
