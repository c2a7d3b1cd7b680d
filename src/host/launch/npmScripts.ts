/** The npm scripts of the workspace. */
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import * as vscode from 'vscode'
import {
  lockFiles,
  packageManagers,
  packageScripts,
  scriptLaunch,
  type PackageManager,
} from '../../core/launch/packageScripts'
import type { Launchable } from './launchable'

/** The scripts of one package.json. */
export interface ScriptGroup {
  readonly label: string
  readonly file: string
  readonly scripts: readonly { readonly name: string; readonly launchable: Launchable }[]
}

const MAX_FILES = 200
const MAX_BYTES = 5 * 1024 * 1024

/** Those without scripts are left out; the nearest to the workspace folder come first. */
export async function listScripts(): Promise<ScriptGroup[]> {
  const files = await vscode.workspace.findFiles('**/package.json', '**/node_modules/**', MAX_FILES)
  const groups = await Promise.all(files.filter(({ scheme }) => scheme === 'file').map(readGroup))
  const depth = ({ file }: ScriptGroup): number => file.split(path.sep).length
  return groups.filter((group) => group !== undefined).sort((a, b) => depth(a) - depth(b) || (a.file < b.file ? -1 : 1))
}

async function readGroup(uri: vscode.Uri): Promise<ScriptGroup | undefined> {
  const workspaceFolder = vscode.workspace.getWorkspaceFolder(uri)
  if (workspaceFolder === undefined) return undefined
  const folder = workspaceFolder.uri.fsPath
  const text = await readSmall(uri.fsPath)
  const { names, manager } = packageScripts(text)
  if (names.length === 0) return undefined
  const home = path.dirname(uri.fsPath)
  const directory = path.relative(folder, home)
  const chosen = chosenManager(uri) ?? manager ?? (await managerByLockFile(home, folder)) ?? 'npm'
  const scripts = names.map((name) => {
    const configuration = scriptLaunch(chosen, name, directory, process.platform === 'win32')
    return { name, launchable: { configuration, folder, literal: true } as const }
  })
  const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1
  const shown = [...(several || directory === '' ? [workspaceFolder.name] : []), directory].filter(
    (part) => part !== '',
  )
  return { label: shown.join('/'), file: uri.fsPath, scripts }
}

async function readSmall(file: string): Promise<string> {
  try {
    if ((await stat(file)).size > MAX_BYTES) return ''
    return await readFile(file, 'utf8')
  } catch {
    // Gone since it was found: it has no scripts.
    return ''
  }
}

/** What the editor's own setting says; it is `auto` by default. */
function chosenManager(uri: vscode.Uri): PackageManager | undefined {
  const value: unknown = vscode.workspace.getConfiguration('npm', uri).get('packageManager')
  return packageManagers.find((known) => known === value)
}

/** Looks from the package up to the workspace folder: in a monorepo the lock file lies at the top. */
async function managerByLockFile(home: string, folder: string): Promise<PackageManager | undefined> {
  for (let directory = home; ; directory = path.dirname(directory)) {
    for (const [file, manager] of lockFiles) {
      if (await exists(path.join(directory, file))) return manager
    }
    if (directory === folder || directory === path.dirname(directory)) return undefined
  }
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}
