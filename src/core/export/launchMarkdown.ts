/** A report of a launch to read and to share: what ran, how it ended, what it printed. */
import type { AnyEvent, RunHead } from '../../shared/events/schema'
import { stripAnsi } from '../../shared/lib/ansi'
import { commandLine } from '../../shared/lib/commandLine'
import type { LaunchSummary } from '../../shared/protocol/summary'
import { createLaunchReducer } from '../reduce/launch'
import { escapeMarkdown, indentedCode } from './markdownText'
import { reportHead, ReportMarkers, type AboutRun } from './report'

export async function* toLaunchMarkdown(
  head: RunHead,
  events: AsyncIterable<AnyEvent>,
  about: AboutRun = {},
): AsyncGenerator<string> {
  const { command = '', args = [], cwd = '' } = head
  yield reportHead(head, about, exitFacts(about))
  yield `\n${indentedCode(commandLine(command, args))}\nin ${cwd}\n\n## Output\n\n`
  const results: string[] = []
  const markers = new ReportMarkers(about)
  const measured = createLaunchReducer()
  let end = ''
  for await (const event of events) {
    const { phase, data } = event
    markers.add(event)
    if (phase === 'metric') measured.add(event)
    if (phase === 'log_line') yield indentedCode(stripAnsi(text(data['text'])))
    else if (phase === 'dropped') yield `\n(${text(data['count'])} events were dropped: ${text(data['why'])})\n\n`
    else if (phase === 'result') results.push(text(data['path']))
    else if (phase === 'process' && data['state'] === 'exited') {
      end = data['signal'] ? `Ended by ${text(data['signal'])}.` : `Exit code ${text(data['exit_code'])}.`
    }
  }
  if (end !== '') yield `\n## End\n\n${end}\n`
  yield metricsSection(measured.summary().metrics)
  if (results.length > 0) yield `\n## Results\n\n${results.map(indentedCode).join('')}`
  yield markers.section()
}

function exitFacts({ metadata }: AboutRun): string[] {
  if (typeof metadata?.signal === 'string') return [metadata.signal]
  return typeof metadata?.exit_code === 'number' ? [`exit code ${String(metadata.exit_code)}`] : []
}

function metricsSection(metrics: LaunchSummary['metrics']): string {
  if (metrics.length === 0) return ''
  const rows = metrics.map(({ name, unit = '', last, min, max, count }) =>
    [`${name}${unit === '' ? '' : ` (${unit})`}`, last, min, max, count].map((cell) => escapeMarkdown(String(cell))),
  )
  const table = [['metric', 'last', 'least', 'most', 'values'], ['---', '---', '---', '---', '---'], ...rows]
  return `\n## Metrics\n\n${table.map((cells) => `| ${cells.join(' | ')} |\n`).join('')}`
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}
