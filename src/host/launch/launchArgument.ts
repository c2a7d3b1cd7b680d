/** What `tapedeck.launch` is called with by code: the name of a launch, a configuration, or a row of the Sources view. */
import { UserError } from '../../shared/userError'
import { commands } from '../../shared/manifest'
import { listLaunches } from './configurations'
import { currentFolder, type Launchable } from './launchable'
import { readLaunch } from './readLaunches'

/** Something of ours that holds a launch: a row of the Sources view. */
export class LaunchRow {
  constructor(
    readonly label: string,
    readonly launchable: Launchable,
  ) {}
}

/** @throws UserError that says what is wrong with it */
export function launchOfArgument(argument: unknown): Launchable {
  if (argument instanceof LaunchRow) return argument.launchable
  if (typeof argument === 'string') return named(argument)
  const given = typeof argument === 'object' && argument !== null ? { name: nameOf(argument), ...argument } : argument
  const configuration = readLaunch(given, commands.launch)
  if (typeof configuration === 'string') throw new UserError(configuration, 'bad_arguments', 'bad_input')
  const folder = currentFolder()
  return { configuration, ...(folder === undefined ? {} : { folder }) }
}

function named(name: string): Launchable {
  const { launches, problems } = listLaunches()
  const found = launches.find(({ configuration }) => configuration.name === name)
  if (found !== undefined) return found
  const names = launches.map(({ configuration }) => configuration.name).join(', ')
  const there = names === '' ? 'There are none yet' : `There are ${names}`
  const broken = problems.length === 0 ? '' : ` ${problems.join(' ')}`
  throw new UserError(
    `There is no launch "${name}" in tapedeck.launches. ${there}.${broken}`,
    'no_such_launch',
    'bad_input',
    { setting: 'launches' },
  )
}

/** A configuration that code hands over may do without a name. */
function nameOf(argument: object): string {
  const command: unknown = 'command' in argument ? argument.command : undefined
  return typeof command === 'string' && command !== '' ? command.slice(0, 200) : 'launch'
}
