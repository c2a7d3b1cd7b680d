/** The commands about launches: Launch…, Re-run, Save as Launch, Edit Run Configurations. */
import * as vscode from 'vscode'
import type { ListedRun } from '../../node/runlog/history'
import { commandLine } from '../../shared/lib/commandLine'
import { commands } from '../../shared/manifest'
import type { Container } from '../container'
import { chooseRun } from '../runs/chooseRun'
import { chooseLaunch } from '../launch/chooseLaunch'
import { listLaunches } from '../launch/configurations'
import { launchOfArgument } from '../launch/launchArgument'
import { Launcher } from '../launch/launcher'
import type { Launchable } from '../launch/launchable'
import { LaunchMemory } from '../launch/launchMemory'
import { originInLog, originOf } from '../launch/origin'
import { saveLaunch } from '../launch/saveLaunch'
import { LAUNCH_STARTS, requireTrust } from '../trust'
import { registerCommand } from '../userMessages'

export function registerLaunchCommands(container: Container): void {
  const { context, log, runs } = container
  const memory = new LaunchMemory(context.workspaceState)
  const launcher = new Launcher(container, memory)

  const again = async (run: ListedRun): Promise<string | undefined> => {
    // What this window remembers of an id is not what somebody else's log of that id holds.
    const isOwn = runs.has(run.path)
    const { launchable, item, editor, lostVariables } = isOwn ? originOf(run, memory) : originInLog(run)
    if (!isOwn && !(await startForeign(run, launchable))) return undefined
    if (lostVariables.length > 0 && !(await startWithout(launchable.configuration.name, lostVariables)))
      return undefined
    const [entry] = await launcher.start(launchable, {
      rerunOf: run.capture_id,
      ...(item === undefined ? {} : { item }),
      ...(editor === undefined ? {} : { editor }),
    })
    return entry?.capture_id
  }
  container.launches = { start: (launchable, options) => launcher.start(launchable, options), again }

  registerCommand(context, log, commands.launch, async (argument) => {
    if (!(await requireTrust(LAUNCH_STARTS))) return undefined
    const launchable = argument === undefined ? await chooseLaunch(log) : launchOfArgument(argument)
    if (launchable === undefined) return undefined
    const ids = (await launcher.start(launchable)).map(({ capture_id }) => ({ capture_id }))
    return ids.length > 1 ? ids : ids[0]
  })
  registerCommand(context, log, commands.rerun, async (argument) => {
    if (!(await requireTrust(LAUNCH_STARTS))) return undefined
    const run = await chooseRun(container, argument, 'Re-run which launch?', isLaunch)
    const capture_id = run === undefined ? undefined : await again(run)
    return capture_id === undefined ? undefined : { capture_id }
  })
  registerCommand(context, log, commands.saveLaunch, async (argument) => {
    const launchable = await launchToSave(container, memory, argument)
    if (launchable === undefined) return
    const name = await saveLaunch(launchable.configuration, launchable.folder)
    if (name === undefined) return
    void vscode.window.showInformationMessage(`${name} is a launch now.`, 'Open Settings').then((choice) => {
      if (choice !== undefined) void vscode.commands.executeCommand(commands.editLaunches)
    })
  })
  registerCommand(context, log, commands.editLaunches, editLaunches)
}

function isLaunch({ head }: { readonly head?: { readonly kind: string } }): boolean {
  return head?.kind === 'launch'
}

/** A row of the Sources view, or the run that an argument or the person names. */
async function launchToSave(
  container: Container,
  memory: LaunchMemory,
  argument: unknown,
): ReturnType<typeof chooseLaunch> {
  if (typeof argument === 'object' && argument !== null && 'launchable' in argument) return launchOfArgument(argument)
  const run = await chooseRun(container, argument, 'Save the configuration of which run?', isLaunch)
  return run === undefined ? undefined : originOf(run, memory).launchable
}

/** A log from elsewhere names a command that somebody else chose. */
async function startForeign(run: ListedRun, { configuration, folder }: Launchable): Promise<boolean> {
  const where = configuration.cwd ?? folder
  const line = commandLine(configuration.command, configuration.args)
  const detail = `${line.slice(0, 2000)}${where === undefined ? '' : `\n\nin ${where}`}\n\nThe log: ${run.path}`
  const message = 'This log is not of your history. Start the command that it names?'
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, 'Start')) !== undefined
}

async function startWithout(name: string, variables: readonly string[]): Promise<boolean> {
  const shown = variables.slice(0, 20).join(', ') + (variables.length > 20 ? ', …' : '')
  const detail = `It was started with these, and Tapedeck does not keep their values: ${shown}`
  const message = `Start ${name} without its environment variables?`
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, 'Start')) !== undefined
}

/** Opens settings.json at `tapedeck.launches`: that of the workspace, or the person's own where no folder is open. */
async function editLaunches(): Promise<void> {
  // Where there are none yet the editor makes room for the first, with a choice of what it may look like.
  const edit = listLaunches().launches.length === 0
  const open = vscode.workspace.workspaceFolders === undefined ? 'openSettingsJson' : 'openWorkspaceSettingsFile'
  await vscode.commands.executeCommand(`workbench.action.${open}`, {
    revealSetting: { key: 'tapedeck.launches', edit },
  })
}
