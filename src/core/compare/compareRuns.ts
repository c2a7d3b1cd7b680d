/** What differs between two runs, of one kind or of two. */
import type { RunKind } from '../../shared/events/schema'
import { formatCount, plural } from '../../shared/lib/format'
import type { ComparedText, Comparison } from '../../shared/protocol/compare'
import type { MetricSummary, RunSummary } from '../../shared/protocol/summary'
import { compareConfig } from './compareConfig'
import { compareFacts } from './compareFacts'
import { compareLines } from './compareLines'
import { compareMetrics } from './compareMetrics'
import { compareQueries, compareSources, compareTasks } from './compareSets'
import type { GatheredRun } from './gathered'
import { diffText } from './textDiff'

export function compareRuns(left: GatheredRun, right: GatheredRun): Comparison {
  const [a, b] = [left.summary, right.summary]
  return {
    left: left.run,
    right: right.run,
    notes: notesOf(left, right),
    facts: compareFacts(left, right),
    config: compareConfig(left.head, right.head),
    ...(a.kind === 'capture' && b.kind === 'capture'
      ? { queries: compareQueries(a, b), sources: compareSources(a, b), answers: compareAnswers(left, right) }
      : {}),
    ...(a.kind === 'session' && b.kind === 'session'
      ? { conversation: compareConversations(left, right), tasks: compareTasks(a, b) }
      : {}),
    ...metricsOf(a, b),
    ...(canCompareLines(left, right) ? { lines: compareLines(left.lines, right.lines) } : {}),
  }
}

function compareConversations({ conversation: a }: GatheredRun, { conversation: b }: GatheredRun): ComparedText {
  const told = diffText(a.text, b.text)
  if (a.cut + b.cut === 0) return told
  const { left, right } = told.cut ?? { left: 0, right: 0 }
  // What was not gathered can't be said to be the same.
  return { ...told, same: false, cut: { left: left + a.cut, right: right + b.cut } }
}

/** Of launches the numbers of their output; of all runs what they used over time. */
function metricsOf(left: RunSummary, right: RunSummary): Pick<Comparison, 'metrics'> {
  const courses = ({ usage_course: course }: RunSummary): readonly MetricSummary[] =>
    course === undefined ? [] : [...course.tokens, ...(course.cost === undefined ? [] : [course.cost])]
  const areLaunches = left.kind === 'launch' && right.kind === 'launch'
  const lefts = [...(areLaunches ? left.metrics : []), ...courses(left)]
  const rights = [...(areLaunches ? right.metrics : []), ...courses(right)]
  return areLaunches || lefts.length + rights.length > 0 ? { metrics: compareMetrics(lefts, rights) } : {}
}

function compareAnswers({ answers: lefts }: GatheredRun, { answers: rights }: GatheredRun): ComparedText[] {
  return Array.from({ length: Math.max(lefts.length, rights.length) }, (_, i) =>
    diffText(lefts[i] ?? '', rights[i] ?? ''),
  )
}

/** Of one kind also where a run printed nothing yet. */
function canCompareLines(left: GatheredRun, right: GatheredRun): boolean {
  const [has, hasOther] = [left.lines.lines > 0, right.lines.lines > 0]
  const { kind } = left.run
  return kind === right.run.kind ? has || hasOther || kind === 'launch' || kind === 'follow' : has && hasOther
}

const names: Readonly<Record<RunKind, string>> = {
  capture: 'a capture',
  launch: 'a launch',
  follow: 'a recorded file',
  session: 'a session',
  stream: 'a stream',
  ingest: 'what was sent in',
}

function notesOf(left: GatheredRun, right: GatheredRun): string[] {
  const [a, b] = [left.run.kind, right.run.kind]
  const sides = [
    { side: 'left', ...left.run },
    { side: 'right', ...right.run },
  ]
  return [
    ...(a === b ? [] : [`These runs are of two kinds, ${names[a]} and ${names[b]}: only what both have is compared.`]),
    ...sides
      .filter(({ state }) => state === 'running' || state === 'elsewhere')
      .map(({ side }) => `The ${side} run still goes on: this is how it was when it was read.`),
    ...sides
      .filter(({ damaged }) => damaged > 0)
      .map(
        ({ side, damaged }) =>
          `${plural(damaged, 'line')} of the ${side} log can't be read and ${damaged === 1 ? 'is' : 'are'} left out.`,
      ),
    ...[left, right]
      .filter(({ lines }) => lines.leftOut > 0)
      .map(
        ({ lines }) =>
          `${formatCount(lines.leftOut)} of ${plural(lines.lines, 'line')} of the ${lines === left.lines ? 'left' : 'right'} run are not compared: its lines have more than ${formatCount(lines.patterns.length)} patterns.`,
      ),
  ]
}
