/** `prune`: removes old runs, within bounds. */
import process from 'node:process'
import type { RetentionBounds } from '../../core/retention'
import { listRuns } from '../../node/runlog/runHistory'
import { boundOf, planSurely, prune, reasonText } from '../../node/runlog/retention'
import { titleOf } from '../../node/runlog/history'
import { formatBytes, plural } from '../../shared/lib/format'
import { settingDefaults } from '../../shared/manifest'
import { UserError } from '../../shared/userError'
import { logDirectory, parse } from './arguments'
import type { Command } from './command'

const FORM = 'prune [--dry-run] [--yes] [--max-runs N] [--max-age-days N] [--max-size-gb N]'
const { 'retention.maxRuns': runs, 'retention.maxAgeDays': days, 'retention.maxSizeGB': gigabytes } = settingDefaults

export const pruneCommand: Command = {
  form: FORM,
  purpose: `Removes the oldest runs that are beyond a bound (0: none; default ${String(gigabytes)} GB in all), for good. Pinned and open ones stay. --dry-run only tells them.`,
  async run(args) {
    const options = {
      'dry-run': { type: 'boolean' },
      yes: { type: 'boolean' },
      'max-runs': { type: 'string' },
      'max-age-days': { type: 'string' },
      'max-size-gb': { type: 'string' },
    } as const
    const { values } = parse(args, options, FORM)
    const given = ['max-runs', 'max-age-days', 'max-size-gb'] as const
    const isGiven = given.some((name) => values[name] !== undefined)
    const bounds = {
      maxRuns: boundOf(values['max-runs'], isGiven ? 0 : runs, 'max-runs'),
      maxAgeDays: boundOf(values['max-age-days'], isGiven ? 0 : days, 'max-age-days'),
      maxSizeGB: boundOf(values['max-size-gb'], isGiven ? 0 : gigabytes, 'max-size-gb'),
    }
    const directory = logDirectory(values.dir)
    const isDry = values['dry-run'] === true
    const isSure = values.yes === true
    const done = isDry
      ? await dryRun(directory, bounds, isSure)
      : await prune(directory, bounds, Date.now(), { isSure })
    if (done === undefined)
      throw new UserError(`Another process removes old runs of ${directory} right now. Try again in a moment.`, 'busy')
    for (const { run, reason } of done.removed) {
      const why = reasonText(reason, bounds)
      process.stdout.write(
        values.json === true
          ? `${JSON.stringify({ capture_id: run.capture_id, title: titleOf(run), bytes: run.bytes, reason, why, deleted: !isDry })}\n`
          : `${isDry ? 'would delete' : 'deleted'} ${run.capture_id}  ${formatBytes(run.bytes ?? 0).padStart(8)}  ${why}  ${titleOf(run)}\n`,
      )
    }
    const notes = [
      `${isDry ? 'would free' : 'freed'} ${formatBytes(done.removedBytes)}, ${plural(done.removed.length, 'run')}.`,
      ...done.over.map((reason) => `still ${reasonText(reason, bounds)}: the rest is pinned, open or can't be read.`),
      ...(done.doubtful === 0
        ? []
        : [
            `${plural(done.doubtful, 'run is', 'runs are')} ${reasonText('age', bounds)} by a clock that may be wrong, since nothing was recorded for long after: --yes if it is right.`,
          ]),
      ...done.failed.map(({ run, message }) => `${run.capture_id} could not be deleted: ${message}`),
    ]
    for (const note of notes) process.stderr.write(`tapedeck: ${note}\n`)
    return done.failed.length > 0 ? 1 : 0
  },
}

async function dryRun(directory: string, bounds: RetentionBounds, isSure: boolean): ReturnType<typeof prune> {
  const plan = planSurely(await listRuns(directory), bounds, Date.now(), isSure)
  const { remove, removedBytes, over, doubtful } = plan
  return {
    removed: remove.map(({ run: { run }, reason }) => ({ run, reason })),
    removedBytes,
    over,
    failed: [],
    doubtful,
  }
}
