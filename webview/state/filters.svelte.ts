/** What the person wants to see: phases, levels and a text; and the query that follows from it. */
import type { Level } from '../../src/shared/events/schema'
import type { Query, TextQuery } from '../../src/shared/protocol/rows'
import { expressionProblem } from '../lib/expressionProblem'
import { levels, type SavedState, type SavedText } from '../lib/savedState'

/** Milliseconds without a key until a text is searched by itself. */
const TYPING_PAUSE_MS = 200

export class Filters {
  hidden = $state.raw<readonly string[]>([])
  onlyLevels = $state.raw<readonly Level[]>([])
  /** As it stands in the input. */
  text = $state.raw<SavedText>({ pattern: '', caseSensitive: false, wholeWord: false, regex: false })
  /** Why the text in the input is not searched for; the last good one still is. */
  problem = $state<string>()

  private applied: TextQuery | undefined
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    saved: SavedState,
    /** Called when the query is another. */
    private readonly changed: () => void,
  ) {
    this.hidden = saved.hidden
    this.onlyLevels = saved.levels
    this.text = saved.text
    this.takeText()
  }

  /** The query for the host. */
  get query(): Query {
    return {
      ...(this.hidden.length > 0 ? { withoutPhases: this.hidden } : {}),
      ...(this.onlyLevels.length > 0 ? { levels: levels.filter((level) => this.showsLevel(level)) } : {}),
      ...(this.applied === undefined ? {} : { text: this.applied }),
    }
  }

  /** Whether a text or a level narrows the feed. */
  get narrows(): boolean {
    return this.onlyLevels.length > 0 || this.text.pattern !== ''
  }

  /** Whether a text or a level narrows the feed, or a phase is hidden. */
  get active(): boolean {
    return this.hidden.length > 0 || this.narrows
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
    this.changed()
  }

  /** Hides every one of `present` but `phase`; when it stands alone already, shows them all. */
  onlyPhase(phase: string, present: readonly string[]): void {
    const others = present.filter((other) => other !== phase)
    const alone = this.isShown(phase) && others.every((other) => !this.isShown(other))
    this.hidden = alone ? [] : others
    this.changed()
  }

  /** Chooses a level or takes it back; what came along with the errors stays alone without them. */
  toggleLevel(level: Level): void {
    const wanted = new Set(this.onlyLevels)
    if (this.comesWithErrors(level)) wanted.delete('error')
    if (!wanted.delete(level)) wanted.add(level)
    if (level === 'error' && wanted.has(level)) wanted.delete('fatal')
    this.onlyLevels = levels.filter((other) => wanted.has(other))
    this.changed()
  }

  /** Takes what is typed; it is applied after a pause, or at once with `applyText`. */
  setText(text: Partial<SavedText>): void {
    this.text = { ...this.text, ...text }
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.applyText()
    }, TYPING_PAUSE_MS)
  }

  applyText(): void {
    clearTimeout(this.timer)
    if (this.takeText()) this.changed()
  }

  /** Shows every event again. */
  clear(): void {
    this.hidden = []
    this.onlyLevels = []
    this.text = { ...this.text, pattern: '' }
    clearTimeout(this.timer)
    this.takeText()
    this.changed()
  }

  dispose(): void {
    clearTimeout(this.timer)
  }

  /** @returns whether the applied text is another now */
  private takeText(): boolean {
    const { pattern, caseSensitive, wholeWord, regex } = this.text
    const problem = regex ? expressionProblem(pattern, caseSensitive ? 'u' : 'iu') : undefined
    this.problem = problem === undefined ? undefined : `${problem.reason}, at character ${String(problem.at)}.`
    if (problem !== undefined) return false
    const before = JSON.stringify(this.applied)
    this.applied = pattern === '' ? undefined : { pattern, caseSensitive, wholeWord, regex }
    return JSON.stringify(this.applied) !== before
  }
}
