/** A comparison as text: `-` is the left run, `+` the right one, `=` both, `~` both and not alike. */
import { stripAnsi } from '../../shared/lib/ansi'
import { formatCount, formatDateTime, formatDuration, plural } from '../../shared/lib/format'
import type {
  ComparedConfig,
  ComparedFact,
  ComparedItem,
  ComparedLines,
  ComparedMetric,
  ComparedPattern,
  ComparedRun,
  ComparedSet,
  ComparedText,
  Comparison,
  DiffPart,
} from '../../shared/protocol/compare'

/** Of each list, before it says how many more there are. */
const SHOWN = 40

export function comparisonLines(comparison: Comparison): string[] {
  const { left, right, notes, facts, config, queries, sources, answers, conversation, tasks, metrics, lines } =
    comparison
  return [
    `- ${runText(left)}`,
    `+ ${runText(right)}`,
    ...section('Note', notes),
    ...section('Facts', factLines(facts)),
    ...section('Configuration', configLines(config)),
    ...section('Searches', setLines(queries)),
    ...section('Sources', setLines(sources)),
    ...(answers ?? []).flatMap((answer, i) =>
      section((answers?.length ?? 0) > 1 ? `Answer ${String(i + 1)}` : 'Answer', textLines(answer)),
    ),
    ...section('Tasks', setLines(tasks)),
    ...section('Metrics', (metrics ?? []).map(metricLine)),
    ...section('Conversation', conversation === undefined ? [] : textLines(conversation)),
    ...section('Lines', lineLines(lines)),
  ]
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)]
}

function runText({ capture_id, kind, title, state, started_at, duration_ms }: ComparedRun): string {
  const started = formatDateTime(Date.parse(started_at))
  return [capture_id, kind, state, started, formatDuration(duration_ms), oneLine(title)].join('  ')
}

function factLines(facts: readonly ComparedFact[]): string[] {
  const width = Math.max(0, ...facts.map(({ name }) => name.length))
  return facts.map(({ name, left, right, same, change }) => {
    const told = same
      ? (left ?? '')
      : `${left ?? 'none'} -> ${right ?? 'none'}${change === undefined ? '' : `  (${change})`}`
    return `${same ? '=' : '~'} ${name.padEnd(width)}  ${oneLine(told)}`
  })
}

function configLines(config: readonly ComparedConfig[]): string[] {
  return config.flatMap(({ name, same, parts }) =>
    same
      ? [`= ${oneLine(name)}: ${oneLine(parts.map(({ text }) => text).join(' '))}`]
      : [`~ ${oneLine(name)}`, ...parts.map(({ side, text }) => `  ${marks[side]} ${oneLine(text)}`)],
  )
}

function setLines(set: ComparedSet | undefined): string[] {
  if (set === undefined) return []
  const { only_left, both, only_right, left_out } = set
  const item = (mark: string) => (one: ComparedItem) =>
    `${mark} ${oneLine(one.text)}${one.url === undefined && one.detail !== undefined ? ` (${oneLine(one.detail)})` : ''}${one.url === undefined ? '' : ` <${oneLine(one.url)}>`}`
  return [
    ...shown(only_left, item('-')),
    ...shown(only_right, item('+')),
    ...shown(both, item('=')),
    ...(left_out === undefined
      ? []
      : [`${formatCount(left_out.left)} on the left and ${formatCount(left_out.right)} on the right are not compared`]),
  ]
}

/** Marked as word diffs are: `[-gone-]`, `{+new+}`. */
function textLines({ parts, same, cut }: ComparedText): string[] {
  if (same) return ['= the same']
  const text = parts.map(({ side, text }) => (side === 'both' ? text : side === 'left' ? `[-${text}-]` : `{+${text}+}`))
  return [
    ...printable(text.join('')).split('\n'),
    ...(cut === undefined
      ? []
      : [`… ${formatCount(cut.left)} and ${formatCount(cut.right)} characters at the end are not compared`]),
  ]
}

function metricLine({ name, unit = '', left, right, same }: ComparedMetric): string {
  const told = (course: ComparedMetric['left']): string =>
    course === undefined ? 'none' : `${String(course.last)}${unit} (${String(course.min)} to ${String(course.max)})`
  return `${same ? '=' : '~'} ${oneLine(name)}  ${told(left)} -> ${told(right)}`
}

function lineLines(lines: ComparedLines | undefined): string[] {
  if (lines === undefined) return []
  const one = (mark: string, counts: string, { level, pattern }: ComparedPattern): string =>
    `${mark} ${counts}  ${level === undefined ? '' : `${level}: `}${oneLine(pattern)}`
  const rest = (told: readonly unknown[], count: number, mark: string): string[] =>
    count > Math.min(SHOWN, told.length)
      ? [`${mark} ${plural(count - Math.min(SHOWN, told.length), 'more pattern')}`]
      : []
  return [
    ...lines.only_left.slice(0, SHOWN).map((line) => one('-', `${formatCount(line.left?.count ?? 0)}\u00d7`, line)),
    ...rest(lines.only_left, lines.only_left_count, '-'),
    ...lines.only_right.slice(0, SHOWN).map((line) => one('+', `${formatCount(line.right?.count ?? 0)}\u00d7`, line)),
    ...rest(lines.only_right, lines.only_right_count, '+'),
    ...lines.changed
      .slice(0, SHOWN)
      .map((line) =>
        one('~', `${formatCount(line.left?.count ?? 0)}\u00d7 -> ${formatCount(line.right?.count ?? 0)}\u00d7`, line),
      ),
    ...rest(lines.changed, lines.changed_count, '~'),
    `= ${plural(lines.same_count, 'pattern')} equally often`,
  ]
}

const marks: Readonly<Record<DiffPart['side'], string>> = { left: '-', right: '+', both: '=' }

function shown<T>(items: readonly T[], line: (item: T) => string): string[] {
  const hidden = items.length - SHOWN
  return [...items.slice(0, SHOWN).map(line), ...(hidden > 0 ? [`… ${formatCount(hidden)} more`] : [])]
}

/** Nothing that a terminal would obey. */
function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is taken out
  return stripAnsi(text).replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '')
}

function oneLine(text: string): string {
  return printable(text.slice(0, 5000).replace(/\s+/g, ' ')).slice(0, 500)
}
