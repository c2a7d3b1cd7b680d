/** How a run was started, so that it can be started again or saved: as it is remembered, else as its log tells. */
import type { ListedRun } from '../../node/runlog/history'
import type { LaunchConfiguration } from '../../shared/launch'
import { UserError } from '../../shared/userError'
import { listLaunches } from './configurations'
import type { Launchable } from './launchable'
import type { EditorFacts, LaunchMemory } from './launchMemory'

export interface Origin {
  readonly launchable: Launchable
  readonly item?: string
  readonly editor?: EditorFacts
  /** Variables that it was started with and that nobody kept. */
  readonly lostVariables: readonly string[]
}

const MAX_NAME = 200

/** @throws UserError for a run that is no launch, or that nobody can start again */
export function originOf(run: ListedRun, memory: LaunchMemory): Origin {
  const remembered = memory.recall(run.capture_id)
  if (remembered !== undefined) {
    const { item, editor, ...launchable } = remembered
    const current = remembered.named === true ? launchOfSettings(remembered.configuration.name) : undefined
    // A launch that has become one for many files, or no more, is another one.
    const same = current !== undefined && (current.configuration.forEach === undefined) === (item === undefined)
    return {
      launchable: same ? current : withoutUndefined(launchable),
      editor,
      lostVariables: [],
      ...(item === undefined ? {} : { item }),
    }
  }
  return originInLog(run)
}

/** As its log tells it. @throws UserError as `originOf` */
export function originInLog(run: ListedRun): Origin {
  const known = run.metadata ?? run.head
  const title = known?.title ?? run.capture_id
  if (known?.kind !== 'launch' || known.command === undefined)
    throw new UserError(`${title} is not a launched command, so it can't be started again.`, 'not_a_launch')
  const name: unknown = known['configuration']
  const current = typeof name === 'string' ? launchOfSettings(name) : undefined
  if (current !== undefined && current.configuration.forEach === undefined)
    return { launchable: current, lostVariables: [] }
  const { command, args = [], cwd, env_names = [] } = known
  if ([command, ...args].some((text) => text.includes('[redacted:')))
    throw new UserError(
      `The command of ${title} held a secret, which Tapedeck does not keep. Start it from where it was started, or as a launch that has its secrets in an "envFile".`,
      'secret_not_kept',
    )
  const shell = known['shell']
  const pty = known['pty']
  const configuration: LaunchConfiguration = {
    name: title.slice(0, MAX_NAME) || command.slice(0, MAX_NAME),
    command,
    args,
    ...(cwd === undefined ? {} : { cwd }),
    ...(typeof shell === 'boolean' || typeof shell === 'string' ? { shell } : {}),
    ...(pty === true ? { pty } : {}),
  }
  return {
    launchable: { configuration, literal: true, ...(cwd === undefined ? {} : { folder: cwd }) },
    lostVariables: env_names,
  }
}

export function launchOfSettings(name: string): Launchable | undefined {
  return listLaunches().launches.find(({ configuration }) => configuration.name === name)
}

function withoutUndefined({
  configuration,
  folder,
  named,
  literal,
}: {
  readonly configuration: LaunchConfiguration
  readonly folder?: string | undefined
  readonly named?: true | undefined
  readonly literal?: true | undefined
}): Launchable {
  return {
    configuration,
    ...(folder === undefined ? {} : { folder }),
    ...(named === undefined ? {} : { named }),
    ...(literal === undefined ? {} : { literal }),
  }
}
