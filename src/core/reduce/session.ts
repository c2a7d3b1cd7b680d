/** The summary of a coding-agent session, from its events in order. Bounded: what goes past a bound is counted. */
import type { AnyEvent } from '../../shared/events/schema'
import type { SessionSummary, TokenSummary } from '../../shared/protocol/summary'
import { addUsage, noTokens } from './tokens'
import { Troubles, type TroublesState } from './troubles'
import { numberOf, textOf } from './values'

const relevantPhases: ReadonlySet<string> = new Set([
  'phase_change',
  'iteration',
  'task',
  'context',
  'usage',
  'message',
  'tool_use',
  'error',
  'dropped',
])

const MAX_TASKS = 500
const MAX_MODELS = 50
const MAX_TOOLS = 500
const TOLD_TOOLS = 20
const MAX_NAME = 200

type Data = AnyEvent['data']
type Task = SessionSummary['tasks'][number]
type Tool = SessionSummary['tools'][number]

interface State {
  readonly phase: SessionSummary['phase']
  readonly iteration: SessionSummary['iteration']
  readonly tasks: readonly Task[]
  readonly tasksLeftOut: number
  readonly context: SessionSummary['context']
  readonly usage: TokenSummary | undefined
  readonly models: readonly (readonly [model: string, tokens: TokenSummary])[]
  readonly messages: number
  readonly lastMessage: SessionSummary['last_message']
  readonly tools: readonly Tool[]
  readonly troubles: TroublesState
}

export interface SessionReducer {
  /** Whether an event of this phase may change the summary; a reader need not parse others. */
  wants(phase: string): boolean
  add(event: AnyEvent): void
  summary(): SessionSummary
  /** All it knows, as plain data: a reducer that is made from it goes on from here. */
  snapshot(): unknown
}

/** @param snapshot what another session reducer gave */
export function createSessionReducer(snapshot?: unknown): SessionReducer {
  return new Reducer(snapshot as State | undefined)
}

class Reducer implements SessionReducer {
  private phase: SessionSummary['phase']
  private iteration: SessionSummary['iteration']
  private readonly tasks: Map<string, Task>
  private tasksLeftOut: number
  private context: SessionSummary['context']
  private usage: TokenSummary | undefined
  private readonly models: Map<string, TokenSummary>
  private messages: number
  private lastMessage: SessionSummary['last_message']
  private readonly tools: Map<string, Tool>
  private readonly troubles: Troubles

  constructor(state: State | undefined) {
    this.phase = state?.phase
    this.iteration = state?.iteration
    this.tasks = new Map(state?.tasks.map((task) => [task.title, task]))
    this.tasksLeftOut = state?.tasksLeftOut ?? 0
    this.context = state?.context
    this.usage = state?.usage
    this.models = new Map(state?.models)
    this.messages = state?.messages ?? 0
    this.lastMessage = state?.lastMessage
    this.tools = new Map(state?.tools.map((tool) => [tool.name, tool]))
    this.troubles = new Troubles(state?.troubles)
  }

  wants(phase: string): boolean {
    return relevantPhases.has(phase)
  }

  add(event: AnyEvent): void {
    const { seq, phase, data } = event
    switch (phase) {
      case 'phase_change':
        this.addPhase(seq, numberOf(Date.parse(event.timestamp)) ?? 0, data)
        break
      case 'iteration':
        this.addIteration(data)
        break
      case 'task':
        this.addTask(seq, data)
        break
      case 'context':
        this.addContext(data)
        break
      case 'usage':
        this.addUsage(data)
        break
      case 'message':
        this.addMessage(seq, data)
        break
      case 'tool_use':
        this.addTool(data)
        break
      default:
        this.troubles.add(event)
    }
  }

  summary(): SessionSummary {
    const { phase, iteration, context, usage, lastMessage } = this
    const models = [...this.models].sort(([, a], [, b]) => b.output_tokens - a.output_tokens)
    const tools = [...this.tools.values()].sort((a, b) => b.calls - a.calls || (a.name < b.name ? -1 : 1))
    return {
      kind: 'session',
      ...(phase === undefined ? {} : { phase }),
      ...(iteration === undefined ? {} : { iteration }),
      tasks: [...this.tasks.values()],
      task_count: this.tasks.size + this.tasksLeftOut,
      ...(context === undefined ? {} : { context }),
      ...(usage === undefined ? {} : { usage }),
      models: models.map(([model, tokens]) => ({ model, ...tokens })),
      messages: this.messages,
      ...(lastMessage === undefined ? {} : { last_message: lastMessage }),
      tools: tools.slice(0, TOLD_TOOLS),
      ...this.troubles.summary(),
    }
  }

  snapshot(): unknown {
    const { phase, iteration, tasks, tasksLeftOut, context, usage, models, messages, lastMessage, tools } = this
    return {
      phase,
      iteration,
      tasks: [...tasks.values()],
      tasksLeftOut,
      context,
      usage,
      models: [...models],
      messages,
      lastMessage,
      tools: [...tools.values()],
      troubles: this.troubles.snapshot(),
    } satisfies State
  }

  private addPhase(seq: number, time: number, data: Data): void {
    const phase = textOf(data['phase'])
    if (phase === undefined) return
    const label = textOf(data['label'])
    const number = numberOf(data['number'])
    const of = numberOf(data['of'])
    this.phase = {
      phase,
      seq,
      time,
      ...(label === undefined ? {} : { label }),
      ...(number === undefined ? {} : { number }),
      ...(of === undefined ? {} : { of }),
    }
  }

  private addIteration(data: Data): void {
    const number = numberOf(data['number'])
    const state = textOf(data['state'])
    if (number === undefined || state === undefined) return
    const completed = (this.iteration?.completed ?? 0) + Number(state === 'completed')
    this.iteration = { number, state, completed }
  }

  private addTask(seq: number, data: Data): void {
    const title = textOf(data['title'])
    const state = textOf(data['state'])
    if (title === undefined || state === undefined) return
    if (this.tasks.has(title) || this.tasks.size < MAX_TASKS) this.tasks.set(title, { seq, title, state })
    // It has no memory of those it leaves out: each is counted when it is told the first time, as a list tells it.
    else if (state === 'pending') this.tasksLeftOut++
  }

  private addContext(data: Data): void {
    const percent = numberOf(data['percent'])
    if (percent === undefined) return
    const tokens = numberOf(data['tokens'])
    const limit = numberOf(data['limit'])
    this.context = {
      percent,
      ...(tokens === undefined ? {} : { tokens }),
      ...(limit === undefined ? {} : { limit }),
    }
  }

  private addUsage(data: Data): void {
    this.usage = addUsage(this.usage ?? noTokens, data)
    const model = (textOf(data['model']) ?? '').slice(0, MAX_NAME)
    if (model === '') return
    const known = this.models.get(model)
    if (known !== undefined || this.models.size < MAX_MODELS) this.models.set(model, addUsage(known ?? noTokens, data))
  }

  private addMessage(seq: number, data: Data): void {
    this.messages++
    const text = textOf(data['text'])
    if (text !== undefined && text.trim() !== '') {
      this.lastMessage = { seq, role: (textOf(data['role']) ?? '').slice(0, MAX_NAME), text }
    }
  }

  private addTool(data: Data): void {
    const { state } = data
    const name = textOf(data['name'])?.slice(0, MAX_NAME)
    if (name === undefined || (state !== 'started' && state !== 'failed')) return
    const known = this.tools.get(name)
    if (known === undefined && this.tools.size >= MAX_TOOLS) return
    this.tools.set(name, {
      name,
      calls: (known?.calls ?? 0) + Number(state === 'started'),
      failed: (known?.failed ?? 0) + Number(state === 'failed'),
    })
  }
}
