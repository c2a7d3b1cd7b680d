/** Tool calls and their results, each state of each message once. A call's id is the id of the message that made it. */
import type { EventDraft } from '../../../shared/events/schema'
import { defined, field, parsedOrText, stringField } from '../json'
import { isFinished, textOf, type Message } from './messageKind'

/** The tools that a run's turns used. */
export class Tools {
  private readonly started = new Set<string>()
  private readonly finished = new Set<string>()
  /** The call that a result answers, also over other results. */
  private readonly callOf = new Map<string, string>()

  constructor(private readonly emit: (draft: EventDraft) => void) {}

  /** An assistant's message to a tool: started when it first appears, completed with its arguments. */
  call(id: string, message: Message): void {
    const name = stringField(message, 'recipient') ?? 'tool'
    if (!this.started.has(id)) {
      this.started.add(id)
      this.emit({ phase: 'tool_use', data: { name, state: 'started', call_id: id } })
    }
    if (this.finished.has(id) || !isFinished(message)) return
    this.finished.add(id)
    const input = parsedOrText(textOf(message))
    this.emit({ phase: 'tool_use', data: { name, state: 'completed', call_id: id, ...defined({ input }) } })
  }

  /** A tool's message, told when it is whole. */
  result(id: string, message: Message): void {
    const parent = stringField(field(message, 'metadata'), 'parent_id')
    const call_id = parent === undefined ? id : (this.callOf.get(parent) ?? parent)
    this.callOf.set(id, call_id)
    if (this.finished.has(id) || !isFinished(message)) return
    this.finished.add(id)
    const name = stringField(field(message, 'author'), 'name') ?? 'tool'
    const output = parsedOrText(textOf(message))
    this.emit({ phase: 'tool_use', data: { name, state: 'result', call_id, ...defined({ output }) } })
  }
}
