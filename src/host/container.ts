/** What the features share, built once by hand. */
import path from 'node:path'
import * as vscode from 'vscode'
import { installRunner, startRecovery } from '../node/runnerProcess'
import type { ListedRun } from '../node/runlog/history'
import type { LogInfo } from '../node/runlog/reader'
import type { TextThreads } from '../node/textfile/textFileStore'
import { findRipgrep } from '../node/textfile/ripgrepPath'
import { createTextThreads } from '../node/textfile/textThreads'
import { LogWorker } from '../node/store/logWorker'
import type { RegistryEntry } from '../shared/control'
import type { TextQuery } from '../shared/protocol/rows'
import { customFormats } from './follow/customFormats'
import type { FollowTarget } from './follow/followTarget'
import { LogFiles } from './follow/logFiles'
import { UnpackedFiles } from './follow/unpackedFiles'
import type { Attention } from './history/attention'
import type { Launchable } from './launch/launchable'
import { logDirectories } from './logDirectories'
import { Runs } from './runs/runs'
import { Settings } from './settings'
import { errorText } from './userMessages'

/** The panels, as other features use them. */
export interface Panels {
  /**
   * Shows the panel of a log; makes it when there is none.
   * @param preserveFocus the keys stay where they are
   * @param seq the event that is shown
   * @param found the text that it was found by, to be marked there
   * @throws UserError when the log can't be read
   */
  open(logPath: string, preserveFocus?: boolean): Promise<void>
  /** Shows the panel of a log with this event in view. @throws UserError when the log can't be read */
  goTo(logPath: string, seq: number, found?: TextQuery): Promise<void>
  /** Shows the panel that follows this, as one; makes it when there is none. @throws UserError when it can't */
  follow(target: FollowTarget): Promise<void>
  /** Shows the panel of a log, and plays the run back in it. @throws UserError when the log can't be read */
  replay(logPath: string): Promise<void>
  /** Fills the editor of a log's file. @throws UserError when the log can't be read */
  adopt(panel: vscode.WebviewPanel, logPath: string): Promise<void>
  close(logPath: string): void
  /** Whether the person is looking at it. */
  isInFront(logPath: string): boolean
  /** The log of the panel that is the active editor, whether the window has the focus or not. */
  readonly inFront: string | undefined
  /** The logs of all panels that are open, or that the editor may bring back. */
  readonly openLogs: readonly string[]
  readonly onDidChangeOpen: (listener: (logs: readonly string[]) => void) => () => void
  /** Whether it is open, or was when the last window closed and so comes back by itself. */
  isOpening(logPath: string): boolean
}

/** Launches, as other features start them. */
export interface Launches {
  /**
   * Starts a launch, with `forEach` one for each file; nothing when the person thought better of it.
   * @param options.show default: the panel of the first is shown
   * @param options.title default: the launch's name
   * @throws UserError that names the launch and the key
   */
  start(
    launchable: Launchable,
    options?: { readonly show?: boolean; readonly title?: string },
  ): Promise<readonly RegistryEntry[]>
  /**
   * Starts the launch of a run again; that of a log that is not in the history after a question.
   * @returns the new run's id @throws UserError when nobody can
   */
  again(run: ListedRun): Promise<string | undefined>
}

export interface Container {
  readonly context: vscode.ExtensionContext
  readonly log: vscode.LogOutputChannel
  readonly settings: Settings
  readonly runs: Runs
  readonly logFiles: LogFiles
  /** Read and search text files; they start with the first. */
  readonly textThreads: TextThreads
  readonly unpackedFiles: UnpackedFiles
  /** Set by the panels' own feature. */
  panels?: Panels
  /** Set by the launches' own feature. */
  launches?: Launches
  /** The runs that are selected in the Runs view; set by that view. */
  selectedRuns?: () => readonly ListedRun[]
  /** Selects a run in the Runs view, which is opened for it; set by that view. */
  showInRuns?: (run: ListedRun) => Promise<void>
  /** Says a sentence above the Runs view, until it is closed; set by that view. */
  tellInRuns?: (text: string) => void
  /** What the person has not looked at; set by the Runs view. */
  attention?: Attention
  /** The runner's bundle in the user's state directory, copied there when it is first needed. */
  readonly runnerScript: () => Promise<string>
  /** Has the logs that lost recorders left open closed, by a process of its own. */
  readonly recover: () => void
  dispose(): Promise<void>
}

export function createContainer(context: vscode.ExtensionContext): Container {
  const log = vscode.window.createOutputChannel('Tapedeck Log', { log: true })
  context.subscriptions.push(log)
  const settings = new Settings((message) => {
    log.warn(message)
    void vscode.window.showWarningMessage(message, 'Open Settings').then((choice) => {
      if (choice !== undefined) void vscode.commands.executeCommand('workbench.action.openSettings', 'tapedeck')
    })
  })
  const dist = path.join(context.extensionPath, 'dist')
  const version = (context.extension.packageJSON as { version: string }).version
  let script: Promise<string> | undefined
  const runnerScript = (): Promise<string> => {
    script ??= installRunner(dist, path.join(context.extensionPath, 'node_modules'), version).catch(
      (error: unknown) => {
        script = undefined
        throw error
      },
    )
    return script
  }
  const recover = (): void => {
    runnerScript().then(startRecovery, (error: unknown) => {
      log.error(errorText(error))
    })
  }
  const services = {
    startWorker: (info: LogInfo) =>
      new LogWorker(path.join(dist, 'worker.js'), info, (message) => {
        log.error(`${info.path}: ${message}`)
      }),
    recover,
    log: (message: string) => {
      log.info(message)
    },
    warn: (message: string) => {
      log.warn(message)
      void vscode.window.showWarningMessage(message)
    },
  }
  const runs = new Runs(logDirectories(settings, context), services)
  const follow = (): void => void runs.setDirectories(logDirectories(settings, context))
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('tapedeck.logDirectory')) follow()
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(follow),
  )
  const logFiles = new LogFiles(context, settings)
  context.subscriptions.push(logFiles)
  const ripgrep = findRipgrep(vscode.env.appRoot)
  const textThreads = createTextThreads(path.join(dist, 'textWorker.js'), {
    formats: () => customFormats(settings),
    ...(ripgrep === undefined ? {} : { ripgrep }),
  })
  context.subscriptions.push(textThreads.reader)
  const unpackedFiles = new UnpackedFiles()
  return {
    context,
    log,
    settings,
    runs,
    logFiles,
    textThreads,
    unpackedFiles,
    runnerScript,
    recover,
    dispose: async () => {
      await Promise.all([runs.dispose(), unpackedFiles.dispose()])
    },
  }
}
