/** Summaries of a model's reasoning, each once: `browser_status` events with the status `reasoning` (facts 1.10). */
import type { EventDraft } from '../../../shared/events/schema'
import type { Change } from '../deltaV1'
import { field, listField, stringField, textField } from '../json'
import { isFinished, type Message } from './messageKind'

/** What a run's models say of their reasoning. */
export class Reasoning {
  private readonly told = new Set<string>()
  /** Thoughts whose summary comes in pieces, as `message id, number`. */
  private readonly growing = new Set<string>()

  constructor(private readonly emit: (draft: EventDraft) => void) {}

  /** @param changes what happened to the message, paths relative to it; undefined where it was told as a whole */
  update(id: string, message: Message, changes: readonly Change[] | undefined): void {
    const content = field(message, 'content')
    const type = stringField(content, 'content_type')
    if (type === 'reasoning_recap') {
      if (isFinished(message) || changes === undefined) this.tell(id, textField(content, 'content'))
    } else if (type === 'thoughts') this.thoughts(id, message, changes ?? [])
  }

  private thoughts(id: string, message: Message, changes: readonly Change[]): void {
    for (const { path, op } of changes) {
      if (path[1] === 'thoughts' && path[3] === 'summary' && op === 'append')
        this.growing.add(`${id} ${String(path[2])}`)
    }
    const thoughts = listField(field(message, 'content'), 'thoughts')
    for (const [number, thought] of thoughts.entries()) {
      // A summary that grows is whole when something comes after it.
      const isWhole =
        !this.growing.has(`${id} ${String(number)}`) ||
        number < thoughts.length - 1 ||
        isFinished(message) ||
        field(thought, 'finished') === true ||
        textField(thought, 'content') !== undefined
      if (isWhole) this.tell(id, textField(thought, 'summary'))
    }
  }

  private tell(id: string, detail: string | undefined): void {
    const key = `${id} ${detail ?? ''}`
    if (detail === undefined || this.told.has(key)) return
    this.told.add(key)
    this.emit({ phase: 'browser_status', data: { status: 'reasoning', detail } })
  }
}
