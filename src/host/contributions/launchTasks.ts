/** Tasks of type `tapedeck`: what tasks.json, a `preLaunchTask` or a keybinding runs is recorded. */
import * as vscode from 'vscode'
import { taskType } from '../../shared/manifest'
import type { Container } from '../container'
import { listLaunches } from '../launch/configurations'
import { LaunchTerminal } from '../launch/launchTerminal'
import { launchOfTask } from '../launch/taskDefinition'

type Scope = vscode.WorkspaceFolder | vscode.TaskScope

export function registerLaunchTasks(container: Container): void {
  const provider: vscode.TaskProvider = {
    provideTasks: () =>
      listLaunches().launches.map(({ configuration: { name }, folder }) =>
        taskOf(container, { type: taskType, launch: name }, scopeOf(folder), name),
      ),
    resolveTask: ({ definition, scope, name }) =>
      taskOf(container, definition, scope ?? vscode.TaskScope.Workspace, name),
  }
  container.context.subscriptions.push(vscode.tasks.registerTaskProvider(taskType, provider))
}

function taskOf(container: Container, definition: vscode.TaskDefinition, scope: Scope, name: string): vscode.Task {
  const folder = typeof scope === 'object' ? scope.uri.fsPath : vscode.workspace.workspaceFolders?.[0]?.uri.fsPath
  const execution = new vscode.CustomExecution((resolved) =>
    Promise.resolve(new LaunchTerminal(container, () => launchOfTask(resolved, name, folder), name)),
  )
  return new vscode.Task(definition, scope, name, taskType, execution)
}

function scopeOf(folder: string | undefined): Scope {
  const found = folder === undefined ? undefined : vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder))
  return found ?? vscode.TaskScope.Workspace
}
