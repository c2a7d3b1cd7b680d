/** A task of type `tapedeck` in tasks.json: the name of a launch, or a launch of its own. */
import { UserError } from '../../shared/userError'
import { launchOfArgument } from './launchArgument'
import type { Launchable } from './launchable'

/**
 * @param definition with the editor's variables replaced
 * @param folder the workspace folder of the task
 * @throws UserError that says what is wrong with it
 */
export function launchOfTask(
  definition: Readonly<Record<string, unknown>>,
  taskName: string,
  folder: string | undefined,
): Launchable {
  const { type: _, launch, ...own } = definition
  if (launch !== undefined) {
    if (typeof launch === 'string' && Object.keys(own).length === 0) return launchOfArgument(launch)
    throw new UserError(
      `The task "${taskName}" should have either "launch" with the name of a launch, or "command" and the other keys of a launch.`,
      'bad_task',
      'bad_input',
    )
  }
  const { configuration } = launchOfArgument({ name: taskName, ...own })
  return { configuration, ...(folder === undefined ? {} : { folder }) }
}
