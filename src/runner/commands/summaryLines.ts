/** What `tapedeck show` says of a run: one line for each thing, its name first. */
import type { CaptureReducer } from '../../core/reduce/capture'
import { formatBytes, formatDuration } from '../../shared/lib/format'
import { stripAnsi } from '../../shared/lib/ansi'
import type { CaptureSummary, LaunchSummary, ProgressSummary } from '../../shared/protocol/summary'

export function captureLines(summary: CaptureSummary, reducer: CaptureReducer | undefined): string[] {
  return [
    ...(summary.model === undefined ? [] : [`model    ${summary.model}`]),
    ...summary.queries.map(({ query }) => `search   ${query}`),
    ...summary.sources.map((source) => `source   ${source.cited ? '*' : ' '} ${source.title ?? ''} <${source.url}>`),
    ...summary.answers.map(({ message_id }) => `\n${reducer?.answer(message_id) ?? ''}`),
  ]
}

export function launchLines(summary: LaunchSummary): string[] {
  const { command, exit, progress, left_behind, dropped } = summary
  return [
    ...(command === undefined ? [] : [`command  ${command}`]),
    ...(exit === undefined ? [] : [`exit     ${exit.signal ?? `code ${String(exit.exit_code ?? '?')}`}`]),
    ...(progress === undefined ? [] : [`progress ${progressText(progress)}`]),
    ...Object.values(summary.current).map((text) => `now      ${stripAnsi(text)}`),
    ...summary.metrics.map(({ name, last, unit, min, max, count }) => {
      const values = count === 1 ? '' : `  (${String(count)} values, ${String(min)} to ${String(max)})`
      return `metric   ${name} = ${String(last)}${unit ?? ''}${values}`
    }),
    ...summary.results.map(({ path, bytes, summary: about }) =>
      [`result   ${path}`, bytes === undefined ? '' : formatBytes(bytes), about ?? '']
        .filter((part) => part !== '')
        .join('  '),
    ),
    ...(left_behind.length === 0 ? [] : [`alive    ${left_behind.join(', ')}`]),
    ...(dropped === 0 ? [] : [`dropped  ${String(dropped)}`]),
    ...summary.errors.map(({ message }) => `error    ${message}`),
  ]
}

function progressText({ label, done, total, percent, remaining_s }: ProgressSummary): string {
  const parts = [
    label ?? '',
    percent === undefined ? '' : `${String(percent)} %`,
    total === undefined ? String(done) : `${String(done)} of ${String(total)}`,
    remaining_s === undefined ? '' : `${formatDuration(remaining_s * 1000)} left`,
  ]
  return parts.filter((part) => part !== '').join('  ')
}
