/** What two runs were started with. */
import type { RunHead } from '../../shared/events/schema'
import type { ComparedConfig, DiffPart } from '../../shared/protocol/compare'
import { diffList } from './textDiff'

/** Fields of the head by the words they are told by, in the order of the page. */
const names = new Map([
  ['command', 'Command'],
  ['args', 'Arguments'],
  ['cwd', 'Folder'],
  ['env_names', 'Environment'],
  ['result_globs', 'Results'],
  ['prompt', 'Prompt'],
  ['url', 'Address'],
  ['model', 'Model'],
  ['headless', 'Headless'],
  ['browser', 'Browser'],
  ['files', 'Files'],
  ['session', 'Session'],
  ['stream', 'Stream'],
  ['machine', 'Machine'],
  ['tool', 'Recorder'],
])
/** What every run has of its own. */
const own: ReadonlySet<string> = new Set(['capture_id', 'kind', 'title', 'started_at', 'pid', 'rerun_of'])
/** Lists without an order. */
const sets: ReadonlySet<string> = new Set(['env_names', 'result_globs'])
const MAX_FIELDS = 100
const MAX_ENTRIES = 1000
const MAX_TEXT = 20_000

export function compareConfig(left: RunHead, right: RunHead): ComparedConfig[] {
  const others = [...new Set([...Object.keys(left), ...Object.keys(right)])].filter(
    (key) => !own.has(key) && !names.has(key),
  )
  return [...names.keys(), ...others.slice(0, MAX_FIELDS)].flatMap((key) => {
    let [a, b] = [entriesOf(left, key), entriesOf(right, key)]
    // Of two kinds only what both have can be alike.
    if (left.kind === right.kind ? a.length + b.length === 0 : a.length === 0 || b.length === 0) return []
    if (sets.has(key)) [a, b] = [a.toSorted(), b.toSorted()]
    const parts: readonly DiffPart[] = diffList(a, b)
    return [{ name: names.get(key) ?? key, same: parts.every(({ side }) => side === 'both'), parts }]
  })
}

function entriesOf(head: RunHead, key: string): string[] {
  const value = Object.hasOwn(head, key) ? head[key] : undefined
  if (value === undefined || value === null) return []
  if (key === 'tool') return [`${head.tool.name} ${head.tool.version}`]
  return (Array.isArray(value) ? value : [value]).slice(0, MAX_ENTRIES).map((entry: unknown) => textOf(entry))
}

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
}
