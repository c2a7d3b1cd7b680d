/** The summaries of two runs, line by line in words. */
import { browserWords } from '../../shared/lib/captureWords'
import { formatCount, formatDuration } from '../../shared/lib/format'
import { lineRate } from '../../shared/lib/lineRate'
import { describeCost } from '../../shared/lib/tokens'
import type { ComparedFact } from '../../shared/protocol/compare'
import type {
  CaptureSummary,
  LaunchSummary,
  LineRates,
  RunSummary,
  SessionSummary,
} from '../../shared/protocol/summary'
import type { GatheredRun } from './gathered'

/** A value in words; where it is a number, that too, for the change. */
interface Told {
  readonly text: string
  readonly value?: number
}
type Facts = ReadonlyMap<string, Told>

/** What one of them has and the other has not stands there with one side; of two kinds only what both have is told. */
export function compareFacts(left: GatheredRun, right: GatheredRun): ComparedFact[] {
  const [lefts, rights] = [factsOf(left), factsOf(right)]
  const isOneKind = left.run.kind === right.run.kind
  const names = [...new Set([...lefts.keys(), ...rights.keys()])].filter(
    (name) => isOneKind || (lefts.has(name) && rights.has(name)),
  )
  return names.map((name) => {
    const [a, b] = [lefts.get(name), rights.get(name)]
    const change = changeOf(a?.value, b?.value)
    return {
      name,
      ...(a === undefined ? {} : { left: a.text }),
      ...(b === undefined ? {} : { right: b.text }),
      same: a?.text === b?.text,
      ...(change === undefined || a?.text === b?.text ? {} : { change }),
    }
  })
}

/** "+25 %", "−3 %", "×12"; undefined where there is nothing to say. */
function changeOf(left: number | undefined, right: number | undefined): string | undefined {
  if (left === undefined || right === undefined || left <= 0 || right < 0 || left === right) return undefined
  const ratio = right / left
  if (ratio >= 10) return `×${formatCount(Math.round(ratio))}`
  const percent = Math.round((ratio - 1) * 100)
  if (percent === 0) return undefined
  return percent > 0 ? `+${String(percent)} %` : `\u2212${String(-percent)} %`
}

function factsOf({ run, metadata, summary, levels }: GatheredRun): Facts {
  const facts = new Map<string, Told>()
  const say = (name: string, text: string | undefined): void => {
    if (text !== undefined) facts.set(name, { text })
  }
  const count = (name: string, value: number | undefined): void => {
    if (value !== undefined) facts.set(name, { text: formatCount(value), value })
  }
  say('State', run.state)
  say('Why', metadata?.error)
  facts.set('Duration', { text: formatDuration(run.duration_ms), value: run.duration_ms })
  count('Events', run.event_count)
  ofKind(summary, say, count)
  count('Errors', (levels['error'] ?? 0) + (levels['fatal'] ?? 0))
  count('Warnings', levels['warn'] ?? 0)
  if (metadata !== undefined && metadata.dropped > 0) count('Dropped', metadata.dropped)
  return facts
}

type Say = (name: string, text: string | undefined) => void
type Count = (name: string, value: number | undefined) => void

function ofKind(summary: RunSummary, say: Say, count: Count): void {
  switch (summary.kind) {
    case 'capture':
      ofCapture(summary, say, count)
      break
    case 'launch':
      ofLaunch(summary, say, count)
      break
    case 'session':
      ofSession(summary, say, count)
      break
    case 'follow':
      ofLines(summary, say, count)
      count('Files', summary.file_count)
      count(
        'Rotations',
        summary.files.reduce((all, { rotations }) => all + rotations, 0),
      )
      break
    case 'stream':
      say('Connection', summary.connection?.state)
      count('Connection lost', summary.reconnects)
      ofLines(summary, say, count)
  }
}

function ofCapture(summary: CaptureSummary, say: Say, count: Count): void {
  say('Model', summary.model)
  say('Browser', summary.browser === undefined ? undefined : browserWords(summary.browser.status))
  count('Searches', summary.queries.length)
  count('Sources', summary.sourceCount)
  count('Cited', summary.citedCount)
  count(
    'Characters of the answer',
    summary.answers.reduce((all, { length }) => all + length, 0),
  )
  count('Tool calls', summary.tools.length)
  count('Tokens in', summary.usage?.input_tokens)
  count('Tokens out', summary.usage?.output_tokens)
}

function ofLaunch({ exit, progress, results, metrics }: LaunchSummary, say: Say, count: Count): void {
  say('Exit', exit === undefined ? undefined : (exit.signal ?? `code ${String(exit.exit_code ?? '?')}`))
  if (progress !== undefined) {
    say(
      'Progress',
      progress.total === undefined ? String(progress.done) : `${String(progress.done)} of ${String(progress.total)}`,
    )
  }
  count('Results', results.length)
  count('Metrics', metrics.length)
}

function ofSession(summary: SessionSummary, say: Say, count: Count): void {
  const { phase, iteration, tasks, task_count, context, usage } = summary
  say('Phase', phase?.label ?? phase?.phase)
  count('Iterations completed', iteration?.completed)
  if (task_count > 0) {
    say(
      'Tasks',
      `${formatCount(tasks.filter(({ state }) => state === 'completed').length)} of ${formatCount(task_count)} done`,
    )
  }
  say('Context', context === undefined ? undefined : `${String(context.percent)} %`)
  count('Tokens in', usage?.input_tokens)
  count('Tokens out', usage?.output_tokens)
  say('Cost', usage === undefined ? undefined : describeCost(usage))
  count('Messages', summary.messages)
}

function ofLines(rates: LineRates, say: Say, count: Count): void {
  count('Lines', rates.lines)
  say('Rate', lineRate(rates))
}
