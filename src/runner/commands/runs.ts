/** `ls`, `show`, `stop` and `rm`: the commands about runs that exist. */
import process from 'node:process'
import { ReportMarkers } from '../../core/export/report'
import { createRunReducer } from '../../core/reduce/byKind'
import { ControlClient } from '../../node/control/client'
import { lostProcesses, stopLostCommand } from '../../node/process/lostCommand'
import { deleteRun, findRun, isLive, startedAt, titleOf, type ListedRun } from '../../node/runlog/history'
import { readEvents, readLogInfo } from '../../node/runlog/reader'
import { listRuns } from '../../node/runlog/runHistory'
import { formatBytes, formatDateTime, formatDuration } from '../../shared/lib/format'
import { UserError } from '../../shared/userError'
import { recoverLostRuns } from '../recover'
import { summaryLines } from './summaryLines'
import { logDirectory, parse } from './arguments'
import type { Command } from './command'

function warn(message: string): void {
  process.stderr.write(`tapedeck: ${message}\n`)
}

function oneLine(run: ListedRun): string {
  const { metadata, notes, bytes } = run
  const lasted = metadata?.duration_ms === undefined ? '' : formatDuration(metadata.duration_ms)
  const events = metadata === undefined ? '' : `${String(metadata.event_count)} events`
  return [
    run.capture_id,
    run.state.padEnd(9),
    lasted.padStart(8),
    events.padStart(14),
    bytes === undefined ? '' : formatBytes(bytes).padStart(8),
    [
      ...(notes?.pinned === true ? ['(pinned)'] : []),
      run.problem === undefined || notes?.title !== undefined ? titleOf(run) : run.problem,
      ...(notes?.tags ?? []).map((tag) => `#${tag}`),
    ].join(' '),
  ]
    .join('  ')
    .trimEnd()
}

function asObject(run: ListedRun): string {
  const { capture_id, path, state, head, metadata, problem, notes, bytes } = run
  return JSON.stringify({
    ...head,
    ...metadata,
    capture_id,
    title: titleOf(run),
    path,
    state,
    bytes,
    ...(notes?.pinned === true ? { pinned: true } : {}),
    ...(notes?.tags === undefined ? {} : { tags: notes.tags }),
    ...(notes?.markers === undefined ? {} : { markers: notes.markers }),
    ...(problem === undefined ? {} : { problem }),
  })
}

export const listCommand: Command = {
  form: 'ls',
  purpose: 'Lists the runs, newest first; closes the logs of runs whose recorder is gone.',
  async run(args) {
    const { values } = parse(args, {}, 'ls')
    await recoverLostRuns(warn)
    const directory = logDirectory(values.dir)
    const runs = await listRuns(directory)
    for (const run of runs) process.stdout.write(`${values.json === true ? asObject(run) : oneLine(run)}\n`)
    if (runs.length === 0) warn(`no runs in ${directory}; --dir names another log directory.`)
    return 0
  },
}

function markerLine({
  seq,
  time,
  name,
}: {
  readonly seq: number
  readonly time: number
  readonly name: string
}): string {
  return `marker   ${time > 0 ? formatDateTime(time) : `#${String(seq)}`}  ${name}`
}

export const showCommand: Command = {
  form: 'show ID',
  purpose: 'Tells what a run is and what came of it.',
  async run(args) {
    const { values, positionals } = parse(args, {}, 'show ID', 1)
    await recoverLostRuns(warn)
    const run = await findRun(logDirectory(values.dir), positionals[0] ?? '')
    if (run.head === undefined) throw new UserError(run.problem ?? `${run.path} can't be read.`, 'log_unreadable')
    const reducer = createRunReducer(run.head.kind)
    const markers = new ReportMarkers(run.notes === undefined ? {} : { notes: run.notes })
    let damaged = 0
    for await (const event of readEvents(await readLogInfo(run.path), () => damaged++)) {
      reducer.add(event)
      markers.add(event)
    }
    const summary = reducer.summary()
    if (values.json === true) {
      const answers =
        summary.kind === 'capture'
          ? summary.answers.map(({ message_id }) => ({ message_id, text: reducer.capture?.answer(message_id) ?? '' }))
          : undefined
      process.stdout.write(
        `${JSON.stringify({ ...(JSON.parse(asObject(run)) as object), damaged, summary, ...(answers === undefined ? {} : { answers }) })}\n`,
      )
      return 0
    }
    const { notes, notesProblem } = run
    const { title, imported_from: from } = run.head
    const lines = [
      oneLine(run),
      `started  ${formatDateTime(startedAt(run).getTime())}`,
      ...(titleOf(run) === title ? [] : [`title    ${titleOf(run)} (recorded as ${title})`]),
      ...(notes?.tags === undefined ? [] : [`tags     ${notes.tags.map((tag) => `#${tag}`).join(' ')}`]),
      ...(typeof from === 'string' ? [`imported ${from}`] : []),
      `log      ${run.path}`,
      ...(notesProblem === undefined ? [] : [`notes    ${notesProblem}`]),
    ]
    if (run.metadata?.error !== undefined) lines.push(`error    ${run.metadata.error}`)
    if (damaged > 0) lines.push(`damaged  ${String(damaged)} lines can't be read`)
    lines.push(...summaryLines(summary, reducer.capture), ...markers.list.map(markerLine))
    process.stdout.write(`${lines.join('\n')}\n`)
    return 0
  },
}

/** How long a stopped run may take to close its log before we say that it has not. */
const STOP_WAIT_MS = 15_000

export const stopCommand: Command = {
  form: 'stop ID [--force]',
  purpose: 'Stops a run politely; --force ends it at once.',
  async run(args) {
    const { values, positionals } = parse(args, { force: { type: 'boolean' } }, 'stop ID [--force]', 1)
    const run = await findRun(logDirectory(values.dir), positionals[0] ?? '')
    if (!isLive(run)) {
      const pids = lostProcesses(run).map(({ pid }) => pid)
      if (pids.length > 0) {
        const { left } = await stopLostCommand(run, values.force === true ? { timeoutMs: 0 } : {})
        if (left.length > 0) {
          throw new UserError(
            `These processes of ${run.capture_id} could not be ended: ${left.join(', ')}.`,
            'not_ended',
          )
        }
        process.stdout.write(
          values.json === true
            ? `${JSON.stringify({ capture_id: run.capture_id, stopped: true, pids })}\n`
            : `stopped what was left of ${run.capture_id}: ${pids.join(', ')}\n`,
        )
        return 0
      }
      throw new UserError(
        run.state === 'elsewhere'
          ? `${run.capture_id} is recorded by somebody else (process ${String(run.head?.pid)} on ${String(run.head?.machine)}), whom this command line can't reach. Stop it where it was started.`
          : `${run.capture_id} is not being recorded (${run.state}), so there is nothing to stop.`,
        'not_running',
        'bad_input',
      )
    }
    await new Promise<void>((resolve, reject) => {
      let connected: ControlClient | undefined
      const timer = setTimeout(() => {
        connected?.dispose()
        reject(
          new UserError(
            `${run.capture_id} did not end within 15 s. Try \`tapedeck stop ${run.capture_id} --force\`.`,
            'stop_timeout',
          ),
        )
      }, STOP_WAIT_MS)
      ControlClient.connect(run.entry, {
        onClosed: () => {
          clearTimeout(timer)
          resolve()
        },
      }).then(
        (client) => {
          connected = client
          client.stop(values.force === true ? 'force' : 'polite')
        },
        (error: unknown) => {
          clearTimeout(timer)
          reject(
            new UserError(
              `${run.capture_id} can't be reached: ${error instanceof Error ? error.message : String(error)}.`,
              'unreachable',
            ),
          )
        },
      )
    })
    process.stdout.write(
      values.json === true
        ? `${JSON.stringify({ capture_id: run.capture_id, stopped: true })}\n`
        : `stopped ${run.capture_id}\n`,
    )
    return 0
  },
}

export const removeCommand: Command = {
  form: 'rm ID',
  purpose: 'Deletes a run: its log, index and notes.',
  async run(args) {
    const { values, positionals } = parse(args, {}, 'rm ID', 1)
    await recoverLostRuns(warn)
    const directory = logDirectory(values.dir)
    const run = await findRun(directory, positionals[0] ?? '', true)
    await deleteRun(directory, run)
    process.stdout.write(
      values.json === true
        ? `${JSON.stringify({ capture_id: run.capture_id, deleted: true })}\n`
        : `deleted ${run.capture_id}\n`,
    )
    return 0
  },
}
