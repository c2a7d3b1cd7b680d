/** The editor's tasks of type shell and process as launches. */
import * as vscode from 'vscode'
import type { LaunchConfiguration } from '../../shared/launch'
import { taskType } from '../../shared/manifest'
import { currentFolder, type Launchable } from './launchable'

export interface ListedTask {
  /** Where it comes from: `Workspace`, `gulp`, … */
  readonly source: string
  readonly launchable: Launchable
}

/** Tasks of Tapedeck and npm scripts are left out: they are offered as such. */
export async function listTasks(): Promise<ListedTask[]> {
  const tasks = await vscode.tasks.fetchTasks()
  return tasks.flatMap((task) => {
    if (task.definition.type === taskType || task.source === 'npm') return []
    const configuration = taskLaunch(task)
    if (configuration === undefined) return []
    const folder = typeof task.scope === 'object' ? task.scope.uri.fsPath : currentFolder()
    return { source: task.source, launchable: { configuration, ...(folder === undefined ? {} : { folder }) } }
  })
}

function taskLaunch({ name, execution }: vscode.Task): LaunchConfiguration | undefined {
  if (execution instanceof vscode.ProcessExecution) {
    if (execution.process === '') return undefined
    return {
      name: name.slice(0, 200),
      command: execution.process,
      args: execution.args,
      ...optionsOf(execution.options),
    }
  }
  if (!(execution instanceof vscode.ShellExecution)) return undefined
  const { commandLine, options } = execution
  const shell = options?.executable ?? true
  // As types go there is always one or the other; tasks of other extensions are not that careful.
  const command = execution.command
  const args = execution.args
  const words = command === undefined ? [] : [command, ...(args ?? [])].map((word) => shellWord(word))
  const line = commandLine ?? words.join(' ')
  return line === '' ? undefined : { name: name.slice(0, 200), command: line, shell, ...optionsOf(options) }
}

function optionsOf(
  options: vscode.ProcessExecutionOptions | vscode.ShellExecutionOptions | undefined,
): Pick<LaunchConfiguration, 'cwd' | 'env'> {
  const { cwd, env } = options ?? {}
  return { ...(cwd === undefined ? {} : { cwd }), ...(env === undefined ? {} : { env }) }
}

/** As the editor quotes: a text without blanks stays as it is, so that variables and globs of the shell work. */
function shellWord(word: string | vscode.ShellQuotedString): string {
  if (typeof word === 'string') return /\s/.test(word) && !/^(["']).*\1$/s.test(word) ? quoted(word) : word
  switch (word.quoting) {
    case vscode.ShellQuoting.Strong:
      return quoted(word.value)
    case vscode.ShellQuoting.Weak:
      return `"${word.value.replaceAll('"', '\\"')}"`
    case vscode.ShellQuoting.Escape:
      return word.value.replace(/[\s"'\\$&|;<>()*?!#~`]/g, (character) => `\\${character}`)
  }
}

function quoted(text: string): string {
  return process.platform === 'win32' ? `"${text.replaceAll('"', '\\"')}"` : `'${text.replaceAll("'", `'\\''`)}'`
}
