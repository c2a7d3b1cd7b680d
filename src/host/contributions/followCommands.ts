/** `Follow Log File`: from the palette, the Sources view, the Explorer, an editor's title, or code with a Uri. */
import path from 'node:path'
import { stat } from 'node:fs/promises'
import * as vscode from 'vscode'
import { formatBytes } from '../../shared/lib/format'
import { commands } from '../../shared/manifest'
import { UserError } from '../../shared/userError'
import type { Container } from '../container'
import { customFormats } from '../follow/customFormats'
import type { FollowTarget } from '../follow/followTarget'
import { globProblem } from '../follow/globProblem'
import { LogFileRow } from '../follow/logFileRow'
import type { LogFile } from '../follow/logFiles'
import { registerCommand } from '../userMessages'

export function registerFollowCommands(container: Container): void {
  const { context, log, settings } = container
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration((event) => {
      // A bad format is told while it is written, not when a file is opened some day.
      if (event.affectsConfiguration('tapedeck.follow.formats')) customFormats(settings)
    }),
  )
  registerCommand(context, log, commands.followFile, async (argument, more) => {
    const named = filesOf(argument, more)
    const target = named === undefined ? await chooseTarget(container) : { files: named }
    if (target === undefined || (target.files.length === 0 && target.pattern === undefined)) return
    await checkFiles(target.files)
    await container.panels?.follow(target)
  })
}

/** What a caller named: a Uri, a row of the Sources view, a path, or a list of Uris as the Explorer sends it. */
function filesOf(argument: unknown, more: unknown): readonly string[] | undefined {
  const several = [argument, more].find((value): value is unknown[] => Array.isArray(value) && value.length > 0)
  if (several !== undefined) return several.flatMap((item) => filesOf(item, undefined) ?? [])
  if (argument instanceof LogFileRow) return [argument.file.uri.fsPath]
  if (typeof argument === 'string') return [path.resolve(workspaceRoot(), argument)]
  if (!(argument instanceof vscode.Uri)) return undefined
  if (argument.scheme !== 'file')
    throw new UserError(
      `Only files of this machine can be followed, not ${argument.scheme}:${argument.path}.`,
      'not_a_file',
      'bad_input',
    )
  return [argument.fsPath]
}

function workspaceRoot(): string {
  return vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? ''
}

/** A file that is not there yet may appear later; a folder never is one. */
async function checkFiles(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const isFolder = await stat(file).then(
      (stats) => stats.isDirectory(),
      () => false,
    )
    if (isFolder) throw new UserError(`${file} is a folder. Choose a file in it.`, 'not_a_file', 'bad_input')
  }
}

interface Choice extends vscode.QuickPickItem {
  readonly file?: string
  readonly action?: 'browse' | 'several' | 'pattern'
}

async function chooseTarget({ logFiles }: Container): Promise<FollowTarget | undefined> {
  const listed = logFiles.list(true).then((files) => files.map((file) => choiceOf(file, logFiles.isLive(file))))
  const looks = { title: 'Follow Log File', matchOnDescription: true }
  const chosen = await vscode.window.showQuickPick<Choice>(
    listed.then((choices): Choice[] => [
      ...choices,
      ...(choices.length < 2
        ? []
        : [{ label: 'Several as One…', action: 'several', iconPath: new vscode.ThemeIcon('layers') } as const]),
      {
        label: 'All That Match a Pattern…',
        action: 'pattern',
        iconPath: new vscode.ThemeIcon('filter'),
        alwaysShow: true,
      },
      { label: 'Browse…', action: 'browse', iconPath: new vscode.ThemeIcon('folder-opened'), alwaysShow: true },
    ]),
    { ...looks, placeHolder: 'Which file? The ones written last come first' },
  )
  if (chosen?.action === 'browse') return { files: await browseFiles() }
  if (chosen?.action === 'pattern') return askForPattern()
  if (chosen?.action !== 'several') return chosen?.file === undefined ? undefined : { files: [chosen.file] }
  const several = await vscode.window.showQuickPick<Choice>(listed, {
    ...looks,
    canPickMany: true as const,
    placeHolder: 'Tick the files to see as one, merged by the times of their lines',
  })
  return several === undefined ? undefined : { files: several.flatMap(({ file }) => file ?? []) }
}

async function askForPattern(): Promise<FollowTarget | undefined> {
  const folders = vscode.workspace.workspaceFolders?.filter(({ uri }) => uri.scheme === 'file') ?? []
  if (folders.length === 0)
    throw new UserError('A pattern needs a folder to look in. Open one first.', 'no_folder', 'bad_input')
  const placeHolder = 'In which folder does the pattern begin?'
  const folder = folders.length === 1 ? folders[0] : await vscode.window.showWorkspaceFolderPick({ placeHolder })
  if (folder === undefined) return undefined
  const cwd = folder.uri.fsPath
  const glob = await vscode.window.showInputBox({
    title: 'Follow All That Match a Pattern',
    prompt: `A path in ${folder.name}: * is any name, ** any folders, {a,b} either. Files that come later join by themselves`,
    placeHolder: 'logs/**/*.log',
    ignoreFocusOut: true,
    validateInput: (text) => globProblem(text.trim(), cwd),
  })
  return glob === undefined ? undefined : { files: [], pattern: { glob: glob.trim(), cwd } }
}

function choiceOf({ uri, bytes }: LogFile, isLive: boolean): Choice {
  const folder = path.dirname(vscode.workspace.asRelativePath(uri))
  return {
    label: path.basename(uri.fsPath),
    description: [folder === '.' ? '' : folder, isLive ? 'live' : '', formatBytes(bytes)]
      .filter((part) => part !== '')
      .join(' · '),
    iconPath: new vscode.ThemeIcon(isLive ? 'pulse' : 'output'),
    file: uri.fsPath,
  }
}

async function browseFiles(): Promise<readonly string[]> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri
  const uris = await vscode.window.showOpenDialog({
    title: 'Follow Log File',
    openLabel: 'Follow',
    canSelectMany: true,
    ...(folder === undefined ? {} : { defaultUri: folder }),
  })
  return (uris ?? []).map(({ fsPath }) => fsPath)
}
