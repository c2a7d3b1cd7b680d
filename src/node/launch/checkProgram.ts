/** Looks for the program of a launch before a runner is started for it. */
import type { LaunchRequest } from '../../shared/launch'
import { UserError } from '../../shared/userError'
import { commandEnvironment } from '../process/environment'
import { findProgram } from '../process/program'

/**
 * The runner looks again in the same way; here the launch and the key are named, and of many launches none has started.
 * @param launch the name of the configuration
 * @throws UserError `bad_launch`; says what was searched
 */
export async function checkProgram(launch: string, request: LaunchRequest): Promise<void> {
  const { command, shell, cwd, env, unbuffered } = request
  // The system's own shell is always there.
  if (shell === true) return
  const isShell = shell !== undefined && shell !== false
  try {
    await findProgram(isShell ? shell : command, { cwd, env: commandEnvironment({ captureId: '', env, unbuffered }) })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const key = isShell ? 'shell' : 'command'
    throw new UserError(`The launch "${launch}" can't start. "${key}": ${error.message}`, error.code, error.kind, {
      cause: error,
    })
  }
}
