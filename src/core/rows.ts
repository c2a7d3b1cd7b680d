/** The short form of an event: one line of text for each phase, from one table. Data read from a file may be anything. */
import { jsonText } from './jsonText'
import { levelOf } from '../shared/events/levels'
import type { AnyEvent, Level, Phase } from '../shared/events/schema'
import { readEscape } from '../shared/lib/ansi'
import { formatBytes, formatDuration, plural } from '../shared/lib/format'
import type { Row } from '../shared/protocol/rows'

const MAX_TEXT = 4000

type Data = Readonly<Record<string, unknown>>

/** The readable text of each phase. */
const phaseText: Readonly<Record<Phase, (data: Data) => string>> = {
  browser_status: (data) =>
    joined([word(data, 'status').replaceAll('_', ' '), word(data, 'model'), word(data, 'detail'), word(data, 'url')]),
  search_query: (data) => word(data, 'query'),
  search_result: (data) => joined([number(data, 'rank', '#'), word(data, 'title'), word(data, 'url')]),
  citation: (data) => joined([word(data, 'title'), word(data, 'url')]),
  assistant_delta: (data) => `${data['rewrite'] === true ? '(rewritten) ' : ''}${word(data, 'text')}`,
  tool_use: (data) => joined([word(data, 'name'), word(data, 'state'), compact(data['input'] ?? data['output'])]),
  network: (data) =>
    joined([
      word(data, 'method'),
      number(data, 'status'),
      word(data, 'state'),
      size(data),
      took(data),
      word(data, 'error'),
      word(data, 'url'),
    ]),
  network_body: (data) =>
    joined([number(data, 'offset', '@'), word(data, 'direction'), word(data, 'text') || base64(data)]),
  process: (data) =>
    joined([
      word(data, 'state').replaceAll('_', ' '),
      number(data, 'pid', 'pid '),
      number(data, 'exit_code', 'exit code '),
      word(data, 'signal'),
      pids(data),
      word(data, 'command'),
    ]),
  log_line: (data) => word(data, 'text'),
  line_update: (data) => word(data, 'text'),
  file: (data) => `${fileName(word(data, 'path'))} ${fileStory(data)}`,
  connection: (data) =>
    joined([word(data, 'state'), number(data, 'attempt', 'attempt '), number(data, 'http_status', 'HTTP ')]),
  phase_change: (data) => joined([word(data, 'phase'), word(data, 'label')]),
  iteration: (data) => joined([number(data, 'number', '#'), word(data, 'state')]),
  task: (data) => joined([word(data, 'state').replaceAll('_', ' '), word(data, 'title')]),
  context: (data) => joined([`${number(data, 'percent')} %`, number(data, 'tokens')]),
  usage: (data) =>
    joined([word(data, 'model'), `${number(data, 'input_tokens')} in`, `${number(data, 'output_tokens')} out`]),
  message: (data) => `${word(data, 'role')}: ${word(data, 'text')}`,
  metric: (data) =>
    joined([
      word(data, 'name'),
      `= ${number(data, 'value')}`,
      word(data, 'unit'),
      number(data, 'step', 'step '),
      progressOf(data['raw']),
    ]),
  result: (data) => joined([word(data, 'path'), size(data), word(data, 'summary')]),
  marker: (data) => joined([word(data, 'name'), word(data, 'note')]),
  dropped: (data) => joined([`${number(data, 'count')} dropped`, size(data), word(data, 'why')]),
  clock: (data) => `the clock jumped by ${number(data, 'delta_ms')} ms`,
  error: (data) => joined([word(data, 'code'), number(data, 'http_status', 'HTTP '), word(data, 'message')]),
  completion: (data) => joined([word(data, 'status'), word(data, 'summary')]),
}

/** Those whose text is what a command printed. */
const outputPhases: ReadonlySet<string> = new Set(['log_line', 'line_update'])

/** @param position the ordinal of the event's line in its log */
export function rowOf(position: number, event: AnyEvent): Row {
  const { seq, phase, data } = event
  const describe = Object.hasOwn(phaseText, phase) ? phaseText[phase as Phase] : compact
  const isOutput = outputPhases.has(phase)
  const level: Level | undefined = levelOf(phase, data)
  const { outcome, stream } = data
  const prompt = stream === 'stdin' ? promptOf(data['fields']) : ''
  return {
    position,
    seq,
    time: Date.parse(event.timestamp),
    phase,
    ...(level === undefined ? {} : { level }),
    ...(phase === 'log_line' && (outcome === 'success' || outcome === 'failure') ? { outcome } : {}),
    ...(isOutput && typeof stream === 'string' ? { stream } : {}),
    ...(phase === 'log_line' && data['continued'] === true ? { continued: true } : {}),
    ...(phase === 'log_line' && data['unterminated'] === true ? { unterminated: true } : {}),
    ...(prompt === '' ? {} : { prompt }),
    text: isOutput ? coloured(data) : visible(describe(data)),
  }
}

/** The row of a line that can't be read. */
export function damagedRow(position: number, bytes: number): Row {
  return {
    position,
    seq: position,
    time: Number.NaN,
    phase: 'damaged',
    level: 'error',
    text: `This line can't be read (${formatBytes(bytes)}).`,
  }
}

function word(data: Data, key: string): string {
  const value = data[key]
  // Cut before anything is done with it: a field may hold megabytes.
  if (typeof value === 'string') return value.length > MAX_TEXT ? value.slice(0, MAX_TEXT) : value
  return value === undefined || value === null ? '' : compact(value)
}

function number(data: Data, key: string, before = ''): string {
  const value = data[key]
  return typeof value === 'number' ? `${before}${String(value)}` : ''
}

function fileName(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path
}

/** What happened to a followed file. */
const fileStories: Readonly<Record<string, string>> = {
  opened: 'was opened.',
  rotated: 'was rotated: a new file took its name.',
  truncated: 'was truncated.',
  rewritten: 'was written anew from its start.',
  replaced: 'was replaced by another file.',
  gone: 'is gone.',
  back: 'is back.',
}

function fileStory(data: Data): string {
  const state = word(data, 'state')
  const story = Object.hasOwn(fileStories, state) ? fileStories[state] : state
  const { lines_gone: gone } = data
  return typeof gone === 'number' ? `${story ?? ''} ${plural(gone, 'line is', 'lines are')} gone.` : (story ?? '')
}

function size(data: Data): string {
  const value = data['bytes']
  return typeof value === 'number' ? formatBytes(value) : ''
}

function took(data: Data): string {
  const value = data['duration_ms']
  return typeof value === 'number' ? formatDuration(value) : ''
}

/** What the command asked (node/process/processSource.ts). */
function promptOf(fields: unknown): string {
  return typeof fields === 'object' && fields !== null ? visible(word(fields as Data, 'prompt')) : ''
}

function pids(data: Data): string {
  const value = data['pids']
  return Array.isArray(value) ? `pids ${value.slice(0, 100).map(String).join(', ')}` : ''
}

/** How far a progress bar is: `450 of 1000  train`. */
function progressOf(raw: unknown): string {
  if (typeof raw !== 'object' || raw === null) return ''
  const bar = raw as Data
  return joined([joined([number(bar, 'done'), number(bar, 'total', 'of ')]).replace('  ', ' '), word(bar, 'label')])
}

function base64(data: Data): string {
  const value = data['base64']
  return typeof value === 'string' ? `(${formatBytes(Math.floor((value.length * 3) / 4))} binary)` : ''
}

function compact(value: unknown): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return value.slice(0, MAX_TEXT)
  return jsonText(value).slice(0, MAX_TEXT)
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('  ')
}

// Control and direction characters would move or hide what stands beside them.
// eslint-disable-next-line no-control-regex -- those are what is looked for
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** One line in which nothing is hidden: line ends as ⏎, control and direction characters by their code. */
export function visible(text: string): string {
  const cut = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
  return cut
    .replace(/\r\n?|\n/g, '⏎')
    .replaceAll('\t', '  ')
    .replace(HIDDEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** A line of output in which nothing is hidden but its colours (SGR) and links (OSC 8), which stay as codes. */
function coloured(data: Data): string {
  const whole = data['text']
  const isCut = typeof whole === 'string' && whole.length > MAX_TEXT
  const cut = word(data, 'text')
  // A code that the cut halves is none.
  const text = isCut && cut.endsWith('\u001b') ? cut.slice(0, -1) : cut
  let result = ''
  let from = 0
  while (from < text.length) {
    const at = text.indexOf('\u001b', from)
    if (at < 0) break
    result += visible(text.slice(from, at))
    const { kind, end, body } = readEscape(text, at)
    from = end
    if (kind === 'sgr') result += `\u001b[${body}m`
    else if (kind === 'link' && body.search(HIDDEN) < 0) result += `\u001b]8;${body}\u001b\\`
    else if (isCut && end === text.length) break
    else result += visible(text.slice(at, end))
  }
  result += visible(text.slice(from))
  return isCut ? `${result}…` : result
}
