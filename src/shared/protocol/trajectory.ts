/** Trajectories of a rollouts result file, as the panel draws them. */

export interface TrajectoryEntry {
  /** 0-based line of the file. */
  readonly line: number
  readonly title: string
  /** Absent where the line has none. */
  readonly reward?: number
  readonly messages: number
  /** Why the line can't be read as a trajectory; it is shown all the same. */
  readonly problem?: string
}

export interface TrajectoryTurn {
  readonly role: string
  readonly text: string
  readonly tool_calls?: readonly { readonly name: string; readonly input: string }[]
  readonly reward?: number
}

export interface Trajectory extends TrajectoryEntry {
  readonly turns: readonly TrajectoryTurn[]
  /** Rewards by name, where the line has more than one. */
  readonly rewards?: Readonly<Record<string, number>>
  /** `metadata` as JSON with two spaces. */
  readonly metadata?: string
  /** The line as it is, where it can't be read. */
  readonly raw?: string
}
