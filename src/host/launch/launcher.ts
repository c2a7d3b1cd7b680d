/** Starts launches: checks and resolves everything first, then hands each to a runner of its own. */
import os from 'node:os'
import path from 'node:path'
import * as vscode from 'vscode'
import { expandConfiguration, usesItem } from '../../core/launch/expand'
import { replaceVariables } from '../../core/launch/variables'
import { checkProgram } from '../../node/launch/checkProgram'
import { filesForEach } from '../../node/launch/forEach'
import { resolveLaunch } from '../../node/launch/resolve'
import { startRunner } from '../../node/runnerProcess'
import type { RegistryEntry } from '../../shared/control'
import type { LaunchConfiguration, LaunchRequest } from '../../shared/launch'
import { views } from '../../shared/manifest'
import { UserError } from '../../shared/userError'
import type { Container } from '../container'
import { logDirectoryOf } from '../logDirectories'
import { LAUNCH_STARTS, requireTrust } from '../trust'
import { showError } from '../userMessages'
import { withinCapacity } from './capacity'
import { editorFacts, variableFacts } from './editorFacts'
import { EditorVariables } from './editorVariables'
import type { Launchable } from './launchable'
import type { EditorFacts, LaunchMemory } from './launchMemory'

export interface LaunchOptions {
  /** Of a `forEach` launch only this file. */
  readonly item?: string
  readonly editor?: EditorFacts
  /** The `capture_id` of the run that is repeated. */
  readonly rerunOf?: string
  /** Default: the panel of the first run is shown. */
  readonly show?: boolean
  /** What the runs are called. Default: the launch's name. */
  readonly title?: string
}

interface Prepared {
  readonly request: LaunchRequest
  readonly item?: string
}

export class Launcher {
  constructor(
    private readonly container: Container,
    private readonly memory: LaunchMemory,
  ) {}

  /**
   * Starts a launch, with `forEach` one for each file. All of them are checked before the first starts.
   * @returns the registry entries of those that run; none when the person thought better of it
   * @throws UserError that names the launch and the key
   */
  async start(launchable: Launchable, options: LaunchOptions = {}): Promise<readonly RegistryEntry[]> {
    if (!(await requireTrust(LAUNCH_STARTS))) return []
    const editor = options.editor ?? editorFacts()
    try {
      if (!(await saveBefore(launchable.configuration))) return []
      const prepared = await this.prepare(launchable, editor, options)
      const entries = await withinCapacity(this.container, prepared.length, (allowed) =>
        this.startAll(prepared.slice(0, allowed), launchable, editor),
      )
      const [first] = entries
      if (first !== undefined && options.show !== false) await this.container.panels?.open(first.log_path)
      if (prepared.length > 1) tellStarted(launchable.configuration.name, entries.length, prepared.length)
      return entries
    } catch (error) {
      if (error instanceof vscode.CancellationError) return []
      throw launchable.named === true && error instanceof UserError ? ofSettings(error) : error
    }
  }

  private async prepare(launchable: Launchable, editor: EditorFacts, options: LaunchOptions): Promise<Prepared[]> {
    const { configuration, folder } = launchable
    const { title = configuration.name } = options
    const base = folder ?? os.homedir()
    const variables = new EditorVariables(variableFacts(editor, folder))
    const files = options.item === undefined ? await forEachFiles(configuration, base, variables) : [options.item]
    const prepared: Prepared[] = []
    // One after the other: some variables ask the person.
    for (const item of files) {
      const more = item === undefined ? {} : { item }
      const expanded =
        launchable.literal === true
          ? configuration
          : await expandConfiguration(configuration, (variable, cwd) =>
              variables.lookup(variable, { ...more, ...(cwd === undefined ? {} : { cwd: path.resolve(base, cwd) }) }),
            )
      const { settings, context } = this.container
      const cwd = path.resolve(base, expanded.cwd ?? '')
      const request = await resolveLaunch(expanded, {
        folder: base,
        logDirectory: logDirectoryOf(settings, context, cwd),
        unbuffered: settings.get('launch.unbuffered', vscode.Uri.file(cwd)),
        title: item === undefined ? title : `${title} · ${path.relative(base, item)}`,
        ...(launchable.named === true ? { named: true } : {}),
        ...(options.rerunOf === undefined ? {} : { rerunOf: options.rerunOf }),
      })
      await checkProgram(configuration.name, request)
      prepared.push({ request, ...more })
    }
    return prepared
  }

  private async startAll(
    prepared: readonly Prepared[],
    launchable: Launchable,
    editor: EditorFacts,
  ): Promise<RegistryEntry[]> {
    const [first] = prepared
    if (first === undefined) return []
    const entries: RegistryEntry[] = []
    const what = { location: vscode.ProgressLocation.Window, title: `Starting ${first.request.title}` }
    await vscode.window.withProgress(what, async () => {
      const script = await this.container.runnerScript()
      for (const { request, item } of prepared) {
        try {
          const entry = await startRunner(script, request)
          entries.push(entry)
          await this.memory.remember(entry.capture_id, {
            ...launchable,
            editor,
            ...(item === undefined ? {} : { item }),
          })
        } catch (error) {
          // Those that run are told of all the same.
          if (entries.length === 0) throw error
          showError(error, this.container.log)
          break
        }
      }
    })
    await this.container.runs.refresh()
    return entries
  }
}

/** An error that is mended in the settings says so. */
function ofSettings(error: UserError): UserError {
  if (error.kind === 'failed') return error
  return new UserError(error.message, error.code, error.kind, { cause: error, setting: 'launches' })
}

const SHOW_RUNS = 'Show Runs'

/** Of many launches only one panel opens: where the others are is told. */
function tellStarted(name: string, started: number, wanted: number): void {
  if (started === 0) return
  const those = started === wanted ? `${String(started)} launches` : `${String(started)} of ${String(wanted)} launches`
  const rest = wanted - started
  const others =
    rest === 0 ? '' : rest === 1 ? ' The other one was not started.' : ` The other ${String(rest)} were not started.`
  const message = `${those} of ${name} started, each as a run of its own in the Runs view.${others}`
  void vscode.window.showInformationMessage(message, SHOW_RUNS).then((choice) => {
    if (choice !== undefined) void vscode.commands.executeCommand(`${views.runs}.focus`)
  })
}

/** Returns false when a file could not be saved and the person does not want to start without it. */
async function saveBefore({ name, before }: LaunchConfiguration): Promise<boolean> {
  if (before !== 'save all' || (await vscode.workspace.saveAll(false))) return true
  const message = `Not every changed file could be saved before ${name}.`
  return (await vscode.window.showWarningMessage(message, { modal: true }, 'Start Anyway')) !== undefined
}

/** The items of a launch; one that is undefined where it has no `forEach`. */
async function forEachFiles(
  configuration: LaunchConfiguration,
  folder: string,
  variables: EditorVariables,
): Promise<readonly (string | undefined)[]> {
  const { name, forEach } = configuration
  if (forEach === undefined) return [undefined]
  if (!usesItem(configuration))
    throw new UserError(
      `The launch "${name}" has "forEach", but no \${item} says where each file goes. Put \${item} into "args" or "command".`,
      'bad_launch',
      'bad_input',
    )
  const pattern = await replaceVariables(forEach, { launch: name, key: 'forEach' }, (variable) =>
    variables.lookup(variable, {}),
  )
  return filesForEach(name, pattern, folder)
}
