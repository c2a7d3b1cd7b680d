/** The entry of the extension: builds what there is, one feature after the other, and reports what could not start. */
import * as vscode from 'vscode'
import { createContainer, type Container } from './container'
import { registerComparisons } from './contributions/comparisons'
import { registerEndNotifications } from './contributions/endNotifications'
import { registerFollowCommands } from './contributions/followCommands'
import { registerHistory } from './contributions/history'
import { registerLaunchCommands } from './contributions/launchCommands'
import { registerLaunchTasks } from './contributions/launchTasks'
import { registerOutputChannel } from './contributions/outputChannel'
import { registerRecovery } from './contributions/recovery'
import { registerRunCommands } from './contributions/runCommands'
import { registerRunsTree } from './contributions/runsTree'
import { registerSourcesTree } from './contributions/sourcesTree'
import { registerStartCapture } from './contributions/startCapture'
import { registerStatusBar } from './contributions/statusBar'
import { registerLogEditor } from './panel/logEditor'
import { registerPanels } from './panel/panels'
import { registerTrajectoryEditor } from './panel/trajectoryEditor'

const features: readonly ((container: Container) => void)[] = [
  registerPanels,
  registerLogEditor,
  registerTrajectoryEditor,
  registerRunCommands,
  registerComparisons,
  registerStartCapture,
  registerLaunchCommands,
  registerFollowCommands,
  registerRunsTree,
  registerHistory,
  registerSourcesTree,
  registerLaunchTasks,
  registerStatusBar,
  registerOutputChannel,
  registerEndNotifications,
  registerRecovery,
]

let container: Container | undefined

export function activate(context: vscode.ExtensionContext): void {
  const built = createContainer(context)
  container = built
  for (const register of features) {
    try {
      register(built)
    } catch (error) {
      // One broken feature must not take the others with it.
      built.log.error(error instanceof Error ? error : String(error))
      void vscode.window.showErrorMessage(
        `A part of Tapedeck could not start (${register.name}). "Tapedeck Log" in the Output view tells why.`,
      )
    }
  }
  void built.runs.start()
}

export async function deactivate(): Promise<void> {
  await container?.dispose()
}
