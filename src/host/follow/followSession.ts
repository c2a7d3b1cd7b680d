/**
 * The files that one panel follows: the store that reads them, how they stand, and their recording. Looking needs no run: the
 * store reads the files itself; the recording is a runner of its own.
 */
import { realpath } from 'node:fs/promises'
import path from 'node:path'
import * as vscode from 'vscode'
import type { FollowedText } from '../../node/textfile/followedText'
import { MergedStore } from '../../node/textfile/mergedStore'
import { TextFileStore } from '../../node/textfile/textFileStore'
import type { TextState } from '../../node/textfile/textProtocol'
import { Emitter } from '../../shared/lib/emitter'
import { shortNames } from '../../shared/lib/shortNames'
import type { FollowedFile, RunInfo } from '../../shared/protocol/contract'
import { UserError } from '../../shared/userError'
import type { Container } from '../container'
import type { BridgeFollow, BridgeRun } from '../panel/bridge'
import { contentsOf, keepContents } from './contentMemory'
import { customFormats } from './customFormats'
import { FollowRecording } from './followRecording'
import { OlderFiles } from './olderFiles'
import { isOwnOutput } from './ownOutput'
import { isSwitchedOff, rememberSwitch } from './recordingSwitch'
import { liveRecording, recordingServices, rememberedPlaces } from './recordingServices'

export interface FollowOptions {
  /** The panel was there before the window was reloaded. */
  readonly restored: boolean
  /** Lets more files join the panel. */
  add(files: readonly string[]): Promise<void>
}

export class FollowSession implements BridgeRun {
  private readonly changed = new Emitter<RunInfo>()
  private readonly stops: (() => void)[] = []
  private readonly openedAt = Date.now()
  private readonly names: readonly string[]
  private readonly memory: vscode.Memento
  private isCounting = true
  readonly onDidChange = this.changed.event
  readonly follow: BridgeFollow

  private constructor(
    readonly files: readonly string[],
    readonly store: FollowedText,
    private readonly recording: FollowRecording,
    private readonly older: OlderFiles,
    container: Container,
    options: FollowOptions,
  ) {
    this.memory = container.context.workspaceState
    this.names = shortNames(files)
    this.follow = {
      setRecording: (on) => this.setRecording(on),
      add: async (more) => {
        await options.add(more === undefined ? await askForFiles(this.files) : more.map(pathOf))
      },
      showOlder: (file) => older.show(file),
    }
    const tell = (): void => {
      this.changed.fire(this.info)
    }
    const told = new Set<string>()
    // The lines by level, for the filters; the store keeps the numbers.
    const counting = store.countLevels((isComplete) => {
      // What is appended later is counted in no time: telling of that would only flicker.
      this.isCounting &&= !isComplete
      tell()
    })
    let ends = endsOf(store)
    this.stops.push(
      store.onDidChangeState(() => {
        const now = endsOf(store)
        if (now.some((one, i) => isFurther(one, ends[i]))) recording.grew()
        ends = now
        tell()
      }),
      older.onDidChange(tell),
      keepContents(this.memory, store, (error) => {
        container.log.warn(`what is kept of the lines of ${files.join(', ')} may be lost: ${String(error)}`)
      }),
      () => {
        older.dispose()
      },
      store.onDidNotice((message) => {
        container.log.warn(message)
        if (told.has(message)) return
        told.add(message)
        void vscode.window.showWarningMessage(message)
      }),
      recording.onDidChange(tell),
      () => {
        counting.dispose()
      },
    )
  }

  /** @throws UserError for what is no text file or can't be read */
  static async open(container: Container, files: readonly string[], options: FollowOptions): Promise<FollowSession> {
    await checkNotOwn(container, files)
    const store = await openText(container, files)
    try {
      return await FollowSession.record(container, files, store, options)
    } catch (error) {
      store.dispose()
      throw error
    }
  }

  private static async record(
    container: Container,
    files: readonly string[],
    store: FollowedText,
    options: FollowOptions,
  ): Promise<FollowSession> {
    const [first = ''] = files
    const recording = new FollowRecording(
      recordingServices(container, {
        files,
        title: shortNames(files).join(', '),
        endOf: (file) => endOf(store, file),
      }),
    )
    const session = new FollowSession(files, store, recording, new OlderFiles(store), container, options)
    const isWanted =
      vscode.workspace.isTrusted &&
      container.settings.get('follow.record', vscode.Uri.file(first)) &&
      !isSwitchedOff(container.context.workspaceState, files)
    const live = options.restored ? await liveRecording(container, files) : undefined
    if (live !== undefined) recording.adopt(live)
    else if (isWanted) {
      const places = options.restored ? rememberedPlaces(container, files) : undefined
      recording.wait(places)
      // What came while no window was there.
      const hasNews = places?.some(({ path: file, position }) => (endOf(store, file) ?? 0) > (position?.offset ?? 0))
      if (hasNews === true) recording.grew()
    }
    return session
  }

  get info(): RunInfo {
    const [first = ''] = this.files
    const files = this.store.files.map((file, i) => fileOf(file.path, this.names[i] ?? file.path, file.state))
    const states = files.map(({ state }) => state)
    const { captureId, problem } = this.recording
    return {
      capture_id: captureId ?? '',
      kind: 'follow',
      title: this.names.join(', '),
      state: states.includes('following') ? 'following' : states.includes('waiting') ? 'waiting' : 'gone',
      started_at: new Date(this.openedAt).toISOString(),
      elapsed_ms: Date.now() - this.openedAt,
      path: first,
      cwd: path.dirname(first),
      follow: {
        files,
        recording: this.recording.state,
        ...(problem === undefined ? {} : { recording_problem: problem }),
        ...(captureId === undefined ? {} : { capture_id: captureId }),
        ...(this.isCounting ? { counting: true } : {}),
        older: this.older.list,
      },
    }
  }

  stop(): Promise<void> {
    return Promise.reject(new UserError('A followed file has no run to stop. Close the panel.', 'not_a_run'))
  }

  write(): Promise<void> {
    return Promise.reject(new UserError('A followed file takes no input.', 'no_input'))
  }

  /** What there is to say of a text is in its growth. */
  summarize(): () => void {
    return () => undefined
  }

  dispose(): void {
    for (const stop of this.stops) stop()
    this.recording.dispose()
    this.store.dispose()
  }

  private async setRecording(on: boolean): Promise<void> {
    if (on && !vscode.workspace.isTrusted)
      throw new UserError('Nothing is recorded in a workspace that is not trusted.', 'not_trusted')
    await this.recording.set(on)
    await rememberSwitch(this.memory, this.files, on)
  }
}

async function checkNotOwn({ context }: Container, files: readonly string[]): Promise<void> {
  for (const file of files) {
    // One that is not there yet has no other name.
    const real = await realpath(file).catch(() => file)
    if (isOwnOutput(context.logUri.fsPath, real))
      throw new UserError(
        `${file} is Tapedeck's own output, which is not followed: each of its lines would make another.`,
        'own_output',
        'bad_input',
      )
  }
}

function fileOf(file: string, name: string, state: TextState): FollowedFile {
  return {
    path: file,
    name,
    state: state.follow === 'paused' ? 'following' : state.follow,
    bytes: state.bytes,
    indexed: state.indexed,
    encoding: state.encoding,
    ...(state.format === undefined ? {} : { format: state.format.name }),
  }
}

/** How far the newest content of each file goes: older ones that are put above it are nothing new. */
function endsOf(store: FollowedText): readonly ContentEnd[] {
  return store.files.map(({ state }) => {
    const newest = state.parts.findLast((part) => part.kind === 'lines')
    return newest === undefined ? { generation: -1, end: 0 } : { generation: newest.generation, end: newest.end }
  })
}

interface ContentEnd {
  readonly generation: number
  readonly end: number
}

function isFurther(now: ContentEnd, before: ContentEnd | undefined): boolean {
  return now.generation === before?.generation ? now.end > before.end : now.end > 0
}

/** So many bytes of the file that has the name now are known. */
function endOf(store: FollowedText, file: string): number | undefined {
  const state = store.files.find(({ path: one }) => one === file)?.state
  return state?.parts.findLast((part) => part.kind === 'lines')?.end
}

/** @throws UserError for what is no text file or can't be read; nothing is open then */
async function openText(container: Container, files: readonly string[]): Promise<FollowedText> {
  const stores: TextFileStore[] = []
  try {
    for (const file of files) {
      const encoding = container.settings.get('follow.encoding', vscode.Uri.file(file))
      const formats = customFormats(container.settings)
      const contents = contentsOf(container.context.workspaceState, file)
      stores.push(await TextFileStore.open(file, { encoding, formats, contents }, container.textThreads))
    }
    const [only] = stores
    return only !== undefined && stores.length === 1 ? only : new MergedStore(stores)
  } catch (error) {
    for (const store of stores) store.dispose()
    throw error
  }
}

async function askForFiles(known: readonly string[]): Promise<readonly string[]> {
  const uris = await vscode.window.showOpenDialog({
    title: 'Follow Here Too',
    openLabel: 'Follow',
    canSelectMany: true,
    defaultUri: vscode.Uri.file(path.dirname(known[0] ?? '')),
  })
  return (uris ?? []).map(({ fsPath }) => fsPath)
}

/** What was dropped is a path or a `file:` address. */
function pathOf(text: string): string {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) {
    if (path.isAbsolute(text)) return text
    throw new UserError(`${text} is no file of this machine.`, 'not_a_file', 'bad_input')
  }
  const uri = vscode.Uri.parse(text)
  if (uri.scheme === 'file' || uri.scheme === 'vscode-remote') return uri.fsPath
  throw new UserError(`Only files of this machine can be followed, not ${text}.`, 'not_a_file', 'bad_input')
}
