/**
 * The files that one panel follows: the store that reads them, how they stand, and their recording. Looking needs no run: the
 * store reads the files itself; the recording is a runner of its own.
 */
import path from 'node:path'
import * as vscode from 'vscode'
import { sizeNow, type FollowedText } from '../../node/textfile/followedText'
import type { TextState } from '../../node/textfile/textProtocol'
import { Emitter } from '../../shared/lib/emitter'
import { shortNames } from '../../shared/lib/shortNames'
import type { FollowedFile, RunInfo } from '../../shared/protocol/contract'
import { UserError } from '../../shared/userError'
import type { Container } from '../container'
import type { BridgeFollow, BridgeRun } from '../../core/panel/bridge'
import { keepContents } from './contentMemory'
import { FollowRecording } from './followRecording'
import { folderOf, isGrowing, keyOf, placeOf, type FollowTarget } from './followTarget'
import { OlderFiles } from './olderFiles'
import { openText, type OpenedText, type OpenHooks } from './openText'
import { isSwitchedOff, rememberSwitch } from './recordingSwitch'
import { liveRecording, recordingServices, rememberedPlaces } from './recordingServices'

export interface FollowOptions extends OpenHooks {
  /** The panel was there before the window was reloaded. */
  readonly restored: boolean
  /** Lets more files join the panel. */
  add(files: readonly string[]): Promise<void>
  /** Those that match its pattern and are not followed. */
  refused(): readonly string[]
}

export class FollowSession implements BridgeRun {
  private readonly changed = new Emitter<RunInfo>()
  private readonly stops: (() => void)[] = []
  private readonly openedAt = Date.now()
  private readonly memory: vscode.Memento
  private isCounting = true
  readonly onDidChange = this.changed.event
  readonly follow: BridgeFollow

  private constructor(
    private readonly target: FollowTarget,
    private readonly text: OpenedText,
    private readonly recording: FollowRecording,
    private readonly older: OlderFiles,
    container: Container,
    options: FollowOptions,
  ) {
    this.memory = container.context.workspaceState
    const { store } = text
    this.follow = {
      setRecording: (on) => this.setRecording(on),
      add: async (more) => {
        await options.add(more === undefined ? await askForFiles(this.folder) : more.map(pathOf))
      },
      showOlder: (file) => older.show(file),
    }
    const tell = (): void => {
      this.changed.fire(this.info)
    }
    const told = new Set<string>()
    // The entries by level, for the filters; the store keeps the numbers.
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
        container.log.warn(`what is kept of the lines of ${this.files.join(', ')} may be lost: ${String(error)}`)
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

  /** @throws UserError for what is no text file or can't be read, CancellationError when the person cancelled */
  static async open(container: Container, target: FollowTarget, options: FollowOptions): Promise<FollowSession> {
    const text = await openText(container, target, options)
    try {
      return await FollowSession.record(container, target, text, options)
    } catch (error) {
      await text.close()
      throw error
    }
  }

  private static async record(
    container: Container,
    target: FollowTarget,
    text: OpenedText,
    options: FollowOptions,
  ): Promise<FollowSession> {
    const { store } = text
    const recording = new FollowRecording(
      recordingServices(container, {
        target,
        files: () => growingFiles(store),
        title: [...(target.pattern === undefined ? [] : [target.pattern.glob]), ...shortNames(target.files)].join(', '),
        refused: () => options.refused(),
        endOf: (file) => endOf(store, file),
      }),
    )
    const session = new FollowSession(
      target,
      text,
      recording,
      new OlderFiles(store, container.unpackedFiles),
      container,
      options,
    )
    const isWanted =
      session.canGrow &&
      vscode.workspace.isTrusted &&
      container.settings.get('follow.record', vscode.Uri.file(placeOf(target))) &&
      !isSwitchedOff(container.context.workspaceState, session.switched)
    const live = options.restored ? await liveRecording(container, target) : undefined
    if (live !== undefined) recording.adopt(live)
    else if (isWanted) {
      const places = options.restored ? rememberedPlaces(container, target) : undefined
      recording.wait(places)
      // What came while no window was there.
      const hasNews = growingFiles(store).some((file) => {
        const before = places?.find((place) => place.path === file)?.position?.offset ?? 0
        return (endOf(store, file) ?? 0) > before
      })
      if (places !== undefined && hasNews) recording.grew()
    }
    return session
  }

  get store(): FollowedText {
    return this.text.store
  }

  /** By what the editor remembers things of it. */
  get key(): string {
    return keyOf(this.target)
  }

  /** In which names of files are looked up. */
  get folder(): string {
    return folderOf(this.target)
  }

  /** Those that are followed now. */
  get files(): readonly string[] {
    return this.store.files.map((file) => file.path)
  }

  get info(): RunInfo {
    const names = shortNames(this.files)
    const files = this.store.files.map((file, i) => fileOf(file.path, names[i] ?? file.path, file.state))
    const { captureId, problem } = this.recording
    return {
      capture_id: captureId ?? '',
      kind: 'follow',
      title: this.target.pattern?.glob ?? names.join(', '),
      state: stateOf(files),
      started_at: new Date(this.openedAt).toISOString(),
      elapsed_ms: Date.now() - this.openedAt,
      path: this.files[0] ?? this.folder,
      cwd: this.folder,
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

  mark(): Promise<void> {
    return Promise.reject(new UserError('Only the log of a run can be marked. Bookmark the line instead.', 'no_run'))
  }

  /** What there is to say of a text is in its growth. */
  summarize(): () => void {
    return () => undefined
  }

  dispose(): void {
    for (const stop of this.stops) stop()
    this.recording.dispose()
    void this.text.close().catch(() => undefined)
  }

  /** False where all is packed. */
  private get canGrow(): boolean {
    return this.target.pattern !== undefined || this.target.files.some(isGrowing)
  }

  /** By what the switch of the recording is remembered: files that join by a pattern go by the pattern's. */
  private get switched(): readonly string[] {
    return this.target.pattern === undefined ? this.target.files : [this.key]
  }

  private async setRecording(on: boolean): Promise<void> {
    if (on && !this.canGrow)
      throw new UserError('A packed file does not grow: there is nothing to record.', 'packed_file', 'bad_input')
    if (on && !vscode.workspace.isTrusted)
      throw new UserError('Nothing is recorded in a workspace that is not trusted.', 'not_trusted')
    await this.recording.set(on)
    await rememberSwitch(this.memory, this.switched, on)
  }
}

function fileOf(file: string, name: string, state: TextState): FollowedFile {
  return {
    path: file,
    name,
    state: !isGrowing(file) ? 'packed' : state.follow === 'paused' ? 'following' : state.follow,
    size: sizeNow(state) ?? 0,
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
  return state === undefined ? undefined : sizeNow(state)
}

/** How they stand together; where no file matches a pattern yet, one is waited for. */
function stateOf(files: readonly FollowedFile[]): FollowedFile['state'] {
  const states = files.map(({ state }) => state)
  const order = ['following', 'waiting', 'gone', 'packed'] as const
  return order.find((state) => states.includes(state)) ?? 'waiting'
}

function growingFiles(store: FollowedText): readonly string[] {
  return store.files.map((file) => file.path).filter(isGrowing)
}

async function askForFiles(folder: string): Promise<readonly string[]> {
  const uris = await vscode.window.showOpenDialog({
    title: 'Follow Here Too',
    openLabel: 'Follow',
    canSelectMany: true,
    defaultUri: vscode.Uri.file(folder),
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
