/**
 * Keeps the history within its bounds: a while after the start, each hour and after runs end. The person is asked before the first
 * time in each log directory; after that old runs go with a line in the log and a word in the view.
 */
import * as vscode from 'vscode'
import { isDoubtful, type RetentionBounds } from '../../core/retention'
import { leaseLogs } from '../../node/control/openLogs'
import type { ListedRun } from '../../node/runlog/history'
import { removeOrphanNotes } from '../../node/runlog/orphanNotes'
import { planPrune, prune, reasonText, type PruneOptions, type PrunePlan } from '../../node/runlog/retention'
import { formatBytes, formatDuration, plural } from '../../shared/lib/format'
import { commands } from '../../shared/manifest'
import type { Container } from '../container'
import { errorText, registerCommand } from '../userMessages'
import { chooseOldRuns } from './chooseOldRuns'
import { RetentionConsent } from './retentionConsent'

const START_MS = 20_000
const HOUR_MS = 3_600_000
/** Several runs may end at once. */
const ENDED_MS = 5000

const REVIEW = 'Review'
const DELETE = 'Delete'
const CHANGE = 'Change Settings'
const NOT_NOW = 'Not Now'

export function registerRetention(container: Container): void {
  const { context, log, runs, panels } = container
  const retention = new Retention(container)
  const lease = (logs: readonly string[]): void => {
    try {
      leaseLogs(logs)
    } catch (error) {
      log.warn(`what this window shows can't be told to others: ${errorText(error)}`)
    }
  }
  let soon: NodeJS.Timeout | undefined
  const lookSoon = (ms: number): void => {
    clearTimeout(soon)
    soon = setTimeout(() => void retention.look(), ms)
  }
  const hourly = setInterval(() => {
    lease(panels?.openLogs ?? [])
    void retention.look()
  }, HOUR_MS)
  lease(panels?.openLogs ?? [])
  lookSoon(START_MS)
  const stops = [
    runs.onDidEnd(() => {
      lookSoon(ENDED_MS)
    }),
    panels?.onDidChangeOpen(lease) ?? (() => undefined),
  ]
  registerCommand(context, log, commands.removeOldRuns, () => retention.review())
  context.subscriptions.push({
    dispose: () => {
      clearTimeout(soon)
      clearInterval(hourly)
      for (const stop of stops) stop()
      lease([])
    },
  })
}

interface Due {
  readonly directory: string
  readonly plan: PrunePlan
}

class Retention {
  private isLooking = false
  private wasAsked = false
  private readonly consent: RetentionConsent

  constructor(private readonly container: Container) {
    this.consent = new RetentionConsent(container.context.globalState)
  }

  /** Removes what is beyond the bounds, or asks whether it may. */
  async look(): Promise<void> {
    if (this.isLooking) return
    this.isLooking = true
    try {
      await this.tidy()
      const due = this.due()
      const isAgreed = ({ directory, plan }: Due): boolean => this.consent.has(directory) && !isDoubtful(plan)
      await this.prune(due.filter(isAgreed))
      const others = due.filter((one) => !isAgreed(one))
      // Not awaited: a question may stand unanswered for days.
      if (others.length > 0 && !this.wasAsked)
        this.ask(others).catch((error: unknown) => {
          this.container.log.error(`removing old runs: ${errorText(error)}`)
        })
    } catch (error) {
      this.container.log.error(`removing old runs: ${errorText(error)}`)
    } finally {
      this.isLooking = false
    }
  }

  /**
   * Shows what would go, and lets the person choose.
   * @param isAsked they were told that later ones go without a question; that holds where they kept none of these
   */
  async review(isAsked = false): Promise<void> {
    const { runs } = this.container
    await runs.refresh()
    const { bounds } = this
    const due = this.due()
    const offered = due.flatMap(({ plan }) =>
      plan.remove.map(({ run, reason }) => ({ run: run.run, reason: reasonText(reason, bounds) })),
    )
    if (offered.length === 0) {
      const bytes = formatBytes(runs.all.reduce((sum, run) => sum + (run.bytes ?? 0), 0))
      const text = `No run is beyond the bounds: ${plural(runs.all.length, 'run')}, ${bytes} (${boundsText(bounds)}).`
      const choice = await vscode.window.showInformationMessage(text, CHANGE)
      if (choice !== undefined) await openSettings()
      return
    }
    const choice = await chooseOldRuns(this.container, offered)
    if (choice === undefined) return
    // Nobody is asked at once for what they have just kept.
    this.wasAsked = true
    const { going, staying } = choice
    const kept = new Set(staying.map((run) => runs.directoryOf(run)))
    const cleared = due.map(({ directory }) => directory).filter((directory) => !kept.has(directory))
    await this.consent.withdraw([...kept])
    if (isAsked) await this.consent.give(cleared)
    const rest = staying.length === 0 ? '' : `${plural(staying.length, 'old run')} kept: nothing goes unasked there.`
    if (going.length === 0 && rest !== '') this.container.tellInRuns?.(rest)
    // What was pinned makes newer runs be too many: those were not seen, and have until the next look.
    await this.prune(due, { only: new Set(going.map(({ path }) => path)), isSure: true }, rest)
  }

  private get bounds(): RetentionBounds {
    const { settings } = this.container
    return {
      maxRuns: settings.get('retention.maxRuns'),
      maxAgeDays: settings.get('retention.maxAgeDays'),
      maxSizeGB: settings.get('retention.maxSizeGB'),
    }
  }

  /** What deletions that were cut short left. */
  private async tidy(): Promise<void> {
    const { runs, log } = this.container
    for (const directory of new Set(runs.all.map((run) => runs.directoryOf(run)))) {
      try {
        for (const file of await removeOrphanNotes(directory, Date.now())) log.info(`removed ${file}: its log is gone`)
      } catch (error) {
        // A folder that can't be written to keeps no other one from being looked at.
        log.warn(`notes without a log in ${directory} stay: ${errorText(error)}`)
      }
    }
  }

  /** The log directories that are beyond a bound, as they were listed last. */
  private due(): readonly Due[] {
    const { runs } = this.container
    const byDirectory = new Map<string, ListedRun[]>()
    for (const run of runs.all) {
      const directory = runs.directoryOf(run)
      const list = byDirectory.get(directory)
      if (list === undefined) byDirectory.set(directory, [run])
      else list.push(run)
    }
    return [...byDirectory]
      .map(([directory, list]) => ({ directory, plan: planPrune(list, this.bounds, Date.now()) }))
      .filter(({ plan }) => plan.remove.length > 0)
  }

  private async ask(due: readonly Due[]): Promise<void> {
    this.wasAsked = true
    const { bounds } = this
    const plans = due.map(({ plan }) => plan)
    const isNew = due.some(({ directory }) => !this.consent.has(directory))
    const reasons = new Set(plans.flatMap(({ remove }) => remove.map(({ reason }) => reasonText(reason, bounds))))
    const count = plans.reduce((sum, { remove }) => sum + remove.length, 0)
    const bytes = formatBytes(plans.reduce((sum, { removedBytes }) => sum + removedBytes, 0))
    const text = `Tapedeck keeps the history within bounds: ${plural(count, 'old run')} (${bytes}) would be deleted for good, since there are ${[...reasons].join(', ')}. Pinned and open runs stay.${clockText(plans)}${isNew ? ' From then on this is done without a question.' : ''}`
    const choice = await vscode.window.showInformationMessage(text, REVIEW, DELETE, CHANGE, NOT_NOW)
    if (choice === REVIEW) await this.review(true)
    if (choice === CHANGE) await openSettings()
    if (choice !== DELETE) return
    await this.consent.give(due.map(({ directory }) => directory))
    await this.prune(due, { isSure: true })
  }

  private async prune(due: readonly Due[], options: PruneOptions = {}, rest = ''): Promise<void> {
    const { runs, log } = this.container
    const { bounds } = this
    let count = 0
    let bytes = 0
    for (const { directory } of due) {
      const pruned = await prune(directory, bounds, Date.now(), options)
      if (pruned === undefined) {
        log.info(`another process removes old runs of ${directory}`)
        continue
      }
      for (const { run, reason } of pruned.removed)
        log.info(`removed ${run.path} (${formatBytes(run.bytes ?? 0)}, ${reasonText(reason, bounds)})`)
      for (const { run, message } of pruned.failed) log.warn(`${run.path} could not be removed: ${message}`)
      for (const reason of pruned.over) log.info(`${directory}: still ${reasonText(reason, bounds)}; the rest stays`)
      count += pruned.removed.length
      bytes += pruned.removedBytes
    }
    if (count === 0) return
    this.container.tellInRuns?.(`${plural(count, 'old run')} removed (${formatBytes(bytes)}). ${rest}`.trim())
    await runs.refresh()
  }
}

/** Runs that are all too old at once may be so by a clock that is wrong. */
function clockText(plans: readonly PrunePlan[]): string {
  const silenceMs = Math.max(...plans.filter(isDoubtful).map((plan) => plan.silenceMs), 0)
  if (silenceMs === 0) return ''
  return ` Nothing was recorded for ${formatDuration(silenceMs)} after the newest of those that are too old: make sure that this machine’s clock is right.`
}

function boundsText({ maxRuns, maxAgeDays, maxSizeGB }: RetentionBounds): string {
  const bounds = [
    ...(maxRuns > 0 ? [`at most ${plural(maxRuns, 'run')}`] : []),
    ...(maxAgeDays > 0 ? [`${plural(maxAgeDays, 'day')} old`] : []),
    ...(maxSizeGB > 0 ? [`${String(maxSizeGB)} GB in all`] : []),
  ]
  return bounds.length === 0 ? 'there are none' : bounds.join(', ')
}

async function openSettings(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', 'tapedeck.retention')
}
