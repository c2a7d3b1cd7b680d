/** What the person wants to see: phases, levels and a text; and the query that follows from it. */
import type { Level } from '../../src/shared/events/schema'
import type { SavedFilter } from '../../src/shared/protocol/contract'
import type { Query, Row, TextQuery } from '../../src/shared/protocol/rows'
import { expressionProblem } from '../../src/shared/lib/expressionProblem'
import { parseQueryLine, type QueryProblem, type QueryTerms } from '../../src/shared/lib/queryLine'
import { chatter } from '../lib/phases'
import { levels, type SavedState, type SavedText, type TimeRange } from '../lib/savedState'

/** Milliseconds without a key until a text is searched by itself. */
const TYPING_PAUSE_MS = 80
/** What a run has whatever happens in it. */
const FRAMING: ReadonlySet<string> = new Set(['browser_status', 'completion', 'marker', 'clock'])

interface FilterOptions {
  /** Called when the query is another. */
  readonly changed: () => void
  /** Called when the first letter of a search is typed. */
  readonly typing: () => void
  /** For times such as `since:10m`: the clock while events come, else when the last came; milliseconds since the epoch. */
  readonly now: () => number
}

export class Filters {
  hidden = $state.raw<readonly string[]>([])
  onlyLevels = $state.raw<readonly Level[]>([])
  /** Paths of files whose lines are hidden. */
  hiddenSources = $state.raw<readonly string[]>([])
  /** Whether the list shows only what the search finds, or marks it among all. */
  onlyHits = $state(true)
  /** As it stands in the input. */
  text = $state.raw<SavedText>({ pattern: '', caseSensitive: false, wholeWord: false, regex: false })
  /** The stretch of time that was chosen on the timeline. */
  range = $state.raw<TimeRange>()
  /** Why the text in the input is not searched for; the last good one still is. */
  problem = $state<string>()

  private applied = $state.raw<QueryTerms>({})
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    saved: SavedState,
    private readonly options: FilterOptions,
  ) {
    this.hidden = saved.hidden
    this.onlyLevels = saved.levels
    this.onlyHits = saved.onlyHits
    this.text = saved.text
    this.range = saved.range
    this.takeText()
  }

  /** The query for the list. */
  get query(): Query {
    const { include: _, ...rest } = this.hitQuery
    return this.onlyHits ? this.hitQuery : rest
  }

  /** The texts that are marked in the list. */
  get marks(): readonly TextQuery[] {
    return this.applied.include ?? []
  }

  /** Whether a text is searched for. */
  get hasText(): boolean {
    return this.marks.length > 0
  }

  /** The query for what is searched for. */
  get hitQuery(): Query {
    const { levels: typed, phases, withoutPhases = [], withoutSources: typedSources = [], ...terms } = this.applied
    const { time: typedTime, ...rest } = terms
    const time = both(typedTime, this.range)
    const withoutSources = [...this.hiddenSources, ...typedSources]
    const hidden = [...new Set([...this.hidden, ...withoutPhases])]
    const chosen = this.onlyLevels.length > 0 ? levels.filter((level) => this.showsLevel(level)) : undefined
    const wanted =
      chosen === undefined ? typed : typed === undefined ? chosen : chosen.filter((level) => typed.includes(level))
    return {
      ...rest,
      ...(time === undefined ? {} : { time }),
      ...(phases === undefined ? {} : { phases }),
      ...(hidden.length > 0 ? { withoutPhases: hidden } : {}),
      ...(withoutSources.length > 0 ? { withoutSources } : {}),
      ...(wanted === undefined ? {} : { levels: wanted }),
    }
  }

  /** Whether a text, a level or a stretch of time narrows the feed. */
  get narrows(): boolean {
    return this.onlyLevels.length > 0 || this.text.pattern !== '' || this.range !== undefined
  }

  /** Whether something narrows the feed, or a phase is hidden. */
  get active(): boolean {
    return this.hidden.length > 0 || this.hiddenSources.length > 0 || this.narrows
  }

  isShown(phase: string): boolean {
    return !this.hidden.includes(phase)
  }

  /**
   * Whether events of a level are shown; those without one are shown only while no level is chosen. Whoever looks for
   * errors looks for the one that ended the run too.
   */
  showsLevel(level: Level): boolean {
    return this.onlyLevels.length === 0 || this.onlyLevels.includes(level) || this.comesWithErrors(level)
  }

  /** Whether a level is shown because errors are, and was not chosen itself. */
  comesWithErrors(level: Level): boolean {
    return level === 'fatal' && this.onlyLevels.includes('error') && !this.onlyLevels.includes(level)
  }

  togglePhase(phase: string): void {
    this.hidden = this.isShown(phase) ? [...this.hidden, phase] : this.hidden.filter((other) => other !== phase)
    this.options.changed()
  }

  /** Hides every one of `present` but `phase`; when it stands alone already, shows them all. */
  onlyPhase(phase: string, present: readonly string[]): void {
    const others = present.filter((other) => other !== phase)
    const alone = this.isShown(phase) && others.every((other) => !this.isShown(other))
    this.hidden = alone ? [] : others
    this.options.changed()
  }

  /** @param range undefined for the whole run */
  setRange(range: TimeRange | undefined): void {
    if (this.range?.from === range?.from && this.range?.to === range?.to) return
    this.range = range
    this.options.changed()
  }

  setOnlyHits(only: boolean): void {
    this.onlyHits = only
    this.options.changed()
  }

  toggleSource(path: string): void {
    const others = this.hiddenSources.filter((other) => other !== path)
    this.hiddenSources = others.length === this.hiddenSources.length ? [...others, path] : others
    this.options.changed()
  }

  /** Hides the lines of every file but one; when it stands alone already, shows them all. */
  onlySource(path: string, all: readonly string[]): void {
    const others = all.filter((other) => other !== path)
    const alone = !this.hiddenSources.includes(path) && others.every((other) => this.hiddenSources.includes(other))
    this.hiddenSources = alone ? [] : others
    this.options.changed()
  }

  /** Shows only these levels. */
  setLevels(chosen: readonly Level[]): void {
    this.onlyLevels = levels.filter((level) => chosen.includes(level))
    this.options.changed()
  }

  /** Chooses a level or takes it back; what came along with the errors stays alone without them. */
  toggleLevel(level: Level): void {
    const wanted = new Set(this.onlyLevels)
    if (this.comesWithErrors(level)) wanted.delete('error')
    if (!wanted.delete(level)) wanted.add(level)
    if (level === 'error' && wanted.has(level)) wanted.delete('fatal')
    this.onlyLevels = levels.filter((other) => wanted.has(other))
    this.options.changed()
  }

  /** Takes what is typed; it is applied after a pause, or at once with `applyText`. */
  setText(text: Partial<SavedText>): void {
    if (this.text.pattern === '') this.options.typing()
    this.text = { ...this.text, ...text }
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.applyText()
    }, TYPING_PAUSE_MS)
  }

  applyText(): void {
    clearTimeout(this.timer)
    if (this.takeText()) this.options.changed()
  }

  /**
   * In some runs chatter is all there is, an imported HAR above all: then its requests are what the person came for.
   * @param phaseCounts events of each phase of the run, whose list is not open yet
   */
  showLonelyRequests(phaseCounts: Readonly<Record<string, number>>): void {
    const others = Object.keys(phaseCounts).filter((phase) => !chatter.includes(phase) && !FRAMING.has(phase))
    const isUsual = this.hidden.length === chatter.length && this.hidden.every((phase) => chatter.includes(phase))
    if (isUsual && others.length === 0 && (phaseCounts['network'] ?? 0) > 0)
      this.hidden = chatter.filter((phase) => phase !== 'network')
  }

  /** Asks for the same once more. */
  again(): void {
    this.options.changed()
  }

  /** What is asked for now, to be kept under a name. */
  get asked(): Pick<SavedFilter, 'text' | 'levels'> {
    return { text: this.text, levels: [...this.onlyLevels] }
  }

  /** Asks for what was kept; what is hidden stays hidden. */
  take({ text, levels: chosen }: Pick<SavedFilter, 'text' | 'levels'>): void {
    clearTimeout(this.timer)
    this.text = text
    this.onlyLevels = levels.filter((level) => chosen.includes(level))
    this.takeText()
    this.options.changed()
  }

  /** Takes away what would hide events such as this one; a text that is searched for stays. */
  showKindOf({ phase, level, time, source }: Row): void {
    this.hidden = this.hidden.filter((other) => other !== phase)
    if (source !== undefined) this.hiddenSources = []
    if (level === undefined || !this.showsLevel(level)) this.onlyLevels = []
    if (this.range !== undefined && !(time >= this.range.from && time <= this.range.to)) this.range = undefined
    this.options.changed()
  }

  /** Shows every event again. */
  clear(): void {
    this.hidden = []
    this.hiddenSources = []
    this.onlyLevels = []
    this.range = undefined
    this.text = { ...this.text, pattern: '' }
    clearTimeout(this.timer)
    this.takeText()
    this.options.changed()
  }

  dispose(): void {
    clearTimeout(this.timer)
  }

  /** @returns whether what is applied is another now */
  private takeText(): boolean {
    const asked = this.readText()
    if ('problem' in asked) {
      this.problem = `${capitalized(asked.problem.reason)}, at character ${String(asked.problem.at)}.`
      return false
    }
    this.problem = undefined
    const before = JSON.stringify(this.applied)
    this.applied = asked
    return JSON.stringify(this.applied) !== before
  }

  /** What the input asks for: with the switch for regular expressions it is one, else a query line. */
  private readText(): QueryTerms | { readonly problem: QueryProblem } {
    const { pattern, caseSensitive, wholeWord, regex } = this.text
    if (!regex) return parseQueryLine(pattern, { now: this.options.now(), caseSensitive, wholeWord })
    const problem = expressionProblem(pattern, caseSensitive ? 'u' : 'iu')
    if (problem !== undefined) return { problem }
    return pattern === '' ? {} : { include: [{ pattern, caseSensitive, wholeWord, regex }] }
  }
}

/** What two stretches of time have in common. */
function both(typed: Query['time'], range: TimeRange | undefined): Query['time'] {
  if (typed === undefined || range === undefined) return range ?? typed
  return { from: Math.max(range.from, typed.from ?? -Infinity), to: Math.min(range.to, typed.to ?? Infinity) }
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
