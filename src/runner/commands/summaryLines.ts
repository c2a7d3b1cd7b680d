/** What `tapedeck show` says of a run: one line for each thing, its name first. */
import type { CaptureReducer } from '../../core/reduce/capture'
import { formatBytes, formatCount, formatDateTime, formatDuration, plural } from '../../shared/lib/format'
import { stripAnsi } from '../../shared/lib/ansi'
import { lineRate } from '../../shared/lib/lineRate'
import { describeTokens } from '../../shared/lib/tokens'
import type {
  CaptureSummary,
  FollowRunSummary,
  LaunchSummary,
  LineRates,
  LoggerSummary,
  ProgressSummary,
  RunSummary,
  SessionSummary,
  StreamSummary,
} from '../../shared/protocol/summary'

/** @param capture has the answers of a capture */
export function summaryLines(summary: RunSummary, capture: CaptureReducer | undefined): string[] {
  switch (summary.kind) {
    case 'capture':
      return captureLines(summary, capture)
    case 'launch':
      return launchLines(summary)
    case 'follow':
      return followLines(summary)
    case 'session':
      return sessionLines(summary)
    case 'stream':
      return streamLines(summary)
  }
}

function captureLines(summary: CaptureSummary, reducer: CaptureReducer | undefined): string[] {
  return [
    ...(summary.model === undefined ? [] : [`model    ${summary.model}`]),
    ...summary.queries.map(({ query }) => `search   ${query}`),
    ...summary.sources.map((source) => `source   ${source.cited ? '*' : ' '} ${source.title ?? ''} <${source.url}>`),
    ...summary.answers.map(({ message_id }) => `\n${reducer?.answer(message_id) ?? ''}`),
  ]
}

function launchLines(summary: LaunchSummary): string[] {
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

function followLines(summary: FollowRunSummary): string[] {
  const hidden = summary.file_count - summary.files.length
  return [
    ...rateLines(summary),
    ...summary.files.map(({ path, state, rotations, rewrites }) => {
      const changes = [
        rotations === 0 ? '' : plural(rotations, 'rotation'),
        rewrites === 0 ? '' : plural(rewrites, 'rewrite'),
      ]
      return [`file     ${path}`, state, ...changes].filter((part) => part !== '').join('  ')
    }),
    ...(hidden > 0 ? [`files    ${formatCount(hidden)} more`] : []),
    ...endLines(summary),
  ]
}

function streamLines(summary: StreamSummary): string[] {
  const { connection, reconnects } = summary
  const status = connection?.http_status === undefined ? '' : ` (${String(connection.http_status)})`
  return [
    ...(connection === undefined ? [] : [`state    ${connection.state}${status}`]),
    ...(reconnects === 0 ? [] : [`lost     ${plural(reconnects, 'time')}`]),
    ...rateLines(summary),
    ...endLines(summary),
  ]
}

function sessionLines(summary: SessionSummary): string[] {
  const { phase, iteration, context, usage, last_message } = summary
  const hidden = summary.task_count - summary.tasks.length
  const place = phase?.number === undefined ? '' : ` (${String(phase.number)}${ofText(phase.of)})`
  return [
    ...(phase === undefined ? [] : [`phase    ${phase.label ?? phase.phase}${place}`]),
    ...(iteration === undefined ? [] : [`round    ${String(iteration.number)} ${iteration.state}`]),
    ...(context === undefined ? [] : [`context  ${String(context.percent)} %`]),
    ...summary.models.map((model) => `model    ${model.model}  ${describeTokens(model)}`),
    ...(usage === undefined ? [] : [`tokens   ${describeTokens(usage)}`]),
    ...summary.tasks.map(({ title, state }) => `task     ${state.padEnd(11)}  ${title}`),
    ...(hidden > 0 ? [`tasks    ${formatCount(hidden)} more`] : []),
    ...summary.tools.map(
      ({ name, calls, failed }) =>
        `tool     ${name}  ${plural(calls, 'call')}${failed === 0 ? '' : `, ${formatCount(failed)} failed`}`,
    ),
    ...(last_message === undefined ? [] : [`said     ${last_message.role}: ${last_message.text}`]),
    ...endLines(summary),
  ]
}

function rateLines(summary: LineRates & LoggerSummary): string[] {
  const { lines, levels, last_minute, last_time, loggers, loggers_left_out = 0 } = summary
  const about = summary.loggers_estimated === true ? 'about ' : ''
  return [
    `lines    ${[formatCount(lines), lineRate(summary) ?? ''].filter((part) => part !== '').join('  ')}`,
    ...Object.entries(levels).map(([level, count]) => {
      const late = last_minute.levels[level] ?? 0
      return `level    ${level.padEnd(5)}  ${formatCount(count)}${late === 0 ? '' : `  (${formatCount(late)} in the last minute)`}`
    }),
    ...(last_time === undefined ? [] : [`last     ${formatDateTime(last_time)}`]),
    ...loggers.map(({ name, count }) => `logger   ${name}  ${about}${plural(count, 'line')}`),
    ...(loggers_left_out > 0 ? [`loggers  ${plural(loggers_left_out, 'line')} of others`] : []),
  ]
}

function endLines({ errors, dropped }: Pick<StreamSummary, 'errors' | 'dropped'>): string[] {
  return [
    ...(dropped === 0 ? [] : [`dropped  ${formatCount(dropped)}`]),
    ...errors.map(({ message }) => `error    ${message}`),
  ]
}

function ofText(of: number | undefined): string {
  return of === undefined ? '' : ` of ${String(of)}`
}
