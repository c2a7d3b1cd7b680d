/** Replaces the variables in every text of a launch configuration. */
import type { LaunchConfiguration } from '../../shared/launch'
import { replaceVariables, variablesIn, type Variable, type VariableLookup } from './variables'

/**
 * The configuration with all variables replaced, `cwd` first, since others may name it.
 * @param lookup is told the replaced `cwd` once it is known
 * @throws UserError that names the launch, the key and the variable
 */
export async function expandConfiguration(
  configuration: LaunchConfiguration,
  lookup: (variable: Variable, cwd: string | undefined) => ReturnType<VariableLookup>,
): Promise<LaunchConfiguration> {
  const { name, command, args, cwd, env, envFile, shell, results, logs, ...rest } = configuration
  const inShell = shell !== undefined && shell !== false
  const replaceWith =
    (known: string | undefined) =>
    (text: string, key: string, isShell = false): Promise<string> =>
      replaceVariables(text, { launch: name, key, ...(isShell ? { shell: true } : {}) }, (variable) =>
        lookup(variable, known),
      )
  const folder = cwd === undefined ? undefined : await replaceWith(undefined)(cwd, 'cwd')
  const replace = replaceWith(folder)
  const replaceAll = async (texts: readonly string[], key: string, isShell = false): Promise<string[]> => {
    const replaced: string[] = []
    // One after the other: some variables ask the person.
    for (const text of texts) replaced.push(await replace(text, key, isShell))
    return replaced
  }
  const replacedCommand = await replace(command, 'command', inShell)
  const replacedArgs = args === undefined ? undefined : await replaceAll(args, 'args', inShell)
  const replacedEnv: Record<string, string | null> = {}
  for (const [key, value] of Object.entries(env ?? {}))
    replacedEnv[key] = value === null ? null : await replace(value, `env.${key}`)
  return {
    ...rest,
    name,
    command: replacedCommand,
    ...(replacedArgs === undefined ? {} : { args: replacedArgs }),
    ...(folder === undefined ? {} : { cwd: folder }),
    ...(env === undefined ? {} : { env: replacedEnv }),
    ...(envFile === undefined ? {} : { envFile: await replace(envFile, 'envFile') }),
    ...(shell === undefined ? {} : { shell: typeof shell === 'string' ? await replace(shell, 'shell') : shell }),
    ...(results === undefined ? {} : { results: await replaceAll(results, 'results') }),
    ...(logs === undefined ? {} : { logs: await replaceAll(logs, 'logs') }),
  }
}

/** Whether a launch depends on the item of its `forEach`. */
export function usesItem({ command, args, cwd, env, envFile, results, logs }: LaunchConfiguration): boolean {
  const texts = [
    command,
    cwd,
    envFile,
    ...(args ?? []),
    ...Object.values(env ?? {}),
    ...(results ?? []),
    ...(logs ?? []),
  ]
  return texts.some((text) => typeof text === 'string' && variablesIn(text).some(({ name }) => name === 'item'))
}
