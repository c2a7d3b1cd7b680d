/** The trajectories of one result file: the list, and the one that is read turn by turn. */
import type { Trajectory, TrajectoryEntry } from '../../src/shared/protocol/trajectory'
import { RequestError, type Client } from '../../src/shared/protocol/peer'

/** What the view of trajectories needs of the panel that it stands in. */
export interface TrajectoryPlace {
  readonly trajectories: Trajectories
  openFile(target: { path: string }): Promise<void>
}

export class Trajectories {
  /** The file that is shown; undefined when the view is closed. */
  path = $state<string>()
  /** Best reward first; undefined until it came. */
  list = $state.raw<readonly TrajectoryEntry[]>()
  /** All there are in the file; the list is bounded. */
  total = $state(0)
  /** The entry that is read. */
  entry = $state.raw<TrajectoryEntry>()
  trajectory = $state.raw<Trajectory>()
  /** Why the list or the trajectory can't be shown. */
  problem = $state<string>()

  private request: AbortController | undefined

  constructor(
    private readonly client: Client,
    /** Called when something changed that is kept over a reload. */
    private readonly onIntent: () => void,
  ) {}

  get isOpen(): boolean {
    return this.path !== undefined
  }

  async open(path: string): Promise<void> {
    this.path = path
    this.list = undefined
    this.total = 0
    this.back()
    this.onIntent()
    await this.ask(async (signal) => {
      const { trajectories, total } = await this.client.call('trajectories/list', { path }, { signal })
      this.list = [...trajectories].sort(byReward)
      this.total = total
    })
  }

  async read(entry: TrajectoryEntry): Promise<void> {
    const { path } = this
    if (path === undefined) return
    this.entry = entry
    this.trajectory = undefined
    await this.ask(async (signal) => {
      this.trajectory = await this.client.call('trajectories/get', { path, line: entry.line }, { signal })
    })
  }

  /** The trajectory before (-1) or after (1) the read one in the list; nothing past its ends. */
  async step(by: -1 | 1): Promise<void> {
    const { list, entry } = this
    if (list === undefined || entry === undefined) return
    const next = list[list.findIndex((other) => other.line === entry.line) + by]
    if (next !== undefined) await this.read(next)
  }

  /** From one trajectory back to the list. */
  back(): void {
    this.request?.abort()
    this.entry = undefined
    this.trajectory = undefined
    this.problem = undefined
  }

  close(): void {
    this.back()
    this.path = undefined
    this.list = undefined
    this.onIntent()
  }

  dispose(): void {
    this.request?.abort()
  }

  /** One question at a time: a new one ends the old one. */
  private async ask(question: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.request?.abort()
    const request = new AbortController()
    this.request = request
    this.problem = undefined
    try {
      await question(request.signal)
    } catch (error) {
      if (request.signal.aborted || (error instanceof RequestError && error.code === 'disposed')) return
      this.problem = error instanceof Error ? error.message : String(error)
    }
  }
}

/** Best first; those without a reward after them, in the file's order. */
function byReward(a: TrajectoryEntry, b: TrajectoryEntry): number {
  if (a.reward === undefined || b.reward === undefined)
    return Number(a.reward === undefined) - Number(b.reward === undefined) || a.line - b.line
  return b.reward - a.reward || a.line - b.line
}
