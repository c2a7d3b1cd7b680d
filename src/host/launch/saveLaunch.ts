/** Save as Launch: writes a configuration into the settings of its folder, or of the user where no folder is open. */
import * as vscode from 'vscode'
import type { LaunchConfiguration } from '../../shared/launch'
import { UserError } from '../../shared/userError'
import { readLaunch } from './readLaunches'

/** Asks for the name. Returns it, or undefined when the person cancelled. */
export async function saveLaunch(
  configuration: LaunchConfiguration,
  folder: string | undefined,
): Promise<string | undefined> {
  const uri = folder === undefined ? undefined : vscode.Uri.file(folder)
  const workspaceFolder = uri === undefined ? undefined : vscode.workspace.getWorkspaceFolder(uri)
  const settings = vscode.workspace.getConfiguration('tapedeck', workspaceFolder?.uri ?? null)
  const levels = settings.inspect('launches')
  const { target, value } = place(levels, workspaceFolder)
  const existing: readonly unknown[] = Array.isArray(value) ? (value as unknown[]) : []
  const name = await vscode.window.showInputBox({
    title: 'Save as Launch',
    prompt: 'The name of the launch in tapedeck.launches',
    value: configuration.name,
    ignoreFocusOut: true,
    validateInput: (text) => problemOf(text.trim(), existing),
  })
  if (name === undefined) return undefined
  const entry = readLaunch({ ...configuration, name: name.trim() }, 'The launch')
  if (typeof entry === 'string') throw new UserError(entry, 'bad_launch', 'bad_input')
  try {
    await settings.update('launches', [...existing, entry], target)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UserError(`The launch could not be written to the settings: ${why}`, 'settings_not_written', 'failed', {
      cause: error,
    })
  }
  return entry.name
}

function place(
  levels: ReturnType<vscode.WorkspaceConfiguration['inspect']>,
  folder: vscode.WorkspaceFolder | undefined,
): { readonly target: vscode.ConfigurationTarget; readonly value: unknown } {
  if (vscode.workspace.workspaceFolders === undefined)
    return { target: vscode.ConfigurationTarget.Global, value: levels?.globalValue }
  // With one folder its settings are the workspace's.
  if (folder === undefined || vscode.workspace.workspaceFile === undefined)
    return { target: vscode.ConfigurationTarget.Workspace, value: levels?.workspaceValue }
  return { target: vscode.ConfigurationTarget.WorkspaceFolder, value: levels?.workspaceFolderValue }
}

function problemOf(name: string, existing: readonly unknown[]): string | undefined {
  if (name === '') return 'A launch needs a name.'
  if (name.length > 200) return 'The name may have at most 200 characters.'
  const taken = existing.some(
    (entry) => typeof entry === 'object' && entry !== null && 'name' in entry && entry.name === name,
  )
  return taken ? `There is a launch "${name}" already.` : undefined
}
