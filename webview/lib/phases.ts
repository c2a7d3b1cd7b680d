/** How each phase looks: its codicon, its word, and the group that gives its colour. Unknown phases look plain. */
import type { Phase } from '../../src/shared/events/schema'

export type PhaseTone =
  'browser' | 'search' | 'answer' | 'tool' | 'network' | 'run' | 'progress' | 'warning' | 'error' | 'plain'

export interface PhaseLook {
  readonly icon: string
  readonly word: string
  readonly tone: PhaseTone
}

const looks: Readonly<Record<Phase | 'damaged', PhaseLook>> = {
  browser_status: { icon: 'browser', word: 'browser', tone: 'browser' },
  search_query: { icon: 'search', word: 'search', tone: 'search' },
  search_result: { icon: 'link', word: 'result', tone: 'search' },
  citation: { icon: 'references', word: 'citation', tone: 'search' },
  assistant_delta: { icon: 'comment', word: 'answer', tone: 'answer' },
  tool_use: { icon: 'tools', word: 'tool', tone: 'tool' },
  network: { icon: 'arrow-swap', word: 'network', tone: 'network' },
  network_body: { icon: 'file-binary', word: 'body', tone: 'network' },
  process: { icon: 'server-process', word: 'process', tone: 'run' },
  log_line: { icon: 'output', word: 'line', tone: 'plain' },
  line_update: { icon: 'edit', word: 'line so far', tone: 'plain' },
  file: { icon: 'file', word: 'file', tone: 'run' },
  connection: { icon: 'plug', word: 'connection', tone: 'network' },
  phase_change: { icon: 'milestone', word: 'phase', tone: 'progress' },
  iteration: { icon: 'refresh', word: 'iteration', tone: 'progress' },
  task: { icon: 'tasklist', word: 'task', tone: 'progress' },
  context: { icon: 'dashboard', word: 'context', tone: 'progress' },
  usage: { icon: 'graph', word: 'usage', tone: 'progress' },
  message: { icon: 'comment-discussion', word: 'message', tone: 'answer' },
  metric: { icon: 'graph-line', word: 'metric', tone: 'progress' },
  result: { icon: 'package', word: 'result file', tone: 'run' },
  marker: { icon: 'bookmark', word: 'marker', tone: 'run' },
  dropped: { icon: 'warning', word: 'dropped', tone: 'warning' },
  clock: { icon: 'watch', word: 'clock', tone: 'plain' },
  error: { icon: 'error', word: 'error', tone: 'error' },
  completion: { icon: 'pass', word: 'end', tone: 'run' },
  damaged: { icon: 'bracket-error', word: 'damaged', tone: 'error' },
}

const order = Object.keys(looks)

/** Phases that come by the thousand and say little one by one; hidden until the person wants them. */
export const chatter: readonly string[] = ['assistant_delta', 'network', 'network_body', 'line_update', 'metric']

/** The look of a phase, known or not. */
export function lookOf(phase: string): PhaseLook {
  return Object.hasOwn(looks, phase)
    ? looks[phase as Phase]
    : { icon: 'symbol-event', word: phase.replaceAll('_', ' '), tone: 'plain' }
}

/** Sorts phases in the table's order; unknown ones come last, by name. */
export function byPhaseOrder(a: string, b: string): number {
  const rank = (phase: string) => (Object.hasOwn(looks, phase) ? order.indexOf(phase) : order.length)
  return rank(a) - rank(b) || (a < b ? -1 : 1)
}
