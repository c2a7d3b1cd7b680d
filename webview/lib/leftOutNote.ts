/** How many numbers of the output are not drawn, and why. */
import type { LaunchSummary } from '../../src/shared/protocol/summary'
import { plural } from '../../src/shared/lib/format'

type LeftOut = NonNullable<LaunchSummary['metrics_left_out']>

/** “250 values are left out: of each name at most 100 a second are drawn. Every line is in the log.” */
export function leftOutNote({ values, other_names: others, unread_lines: lines }: LeftOut): string {
  const are = (count: number) => (count === 1 ? 'is' : 'are')
  return [
    ...(values > 0
      ? [`${plural(values, 'value')} ${are(values)} left out: of each name at most 100 a second are drawn.`]
      : []),
    ...(others > 0
      ? [`${plural(others, 'value')} of more names ${are(others)} left out: only the first names are drawn.`]
      : []),
    ...(lines > 0 ? [`${plural(lines, 'line')} came too fast to be looked through for numbers.`] : []),
    'Every line is in the log.',
  ].join(' ')
}
