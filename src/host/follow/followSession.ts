/**
 * The files that one panel follows: the store that reads them, how they stand, and their recording. Looking needs no run: the
 * store reads the files itself; the recording is a runner of its own.
 */
import { realpath } from 'node:fs/promises'
import path from 'node:path'
import * as vscode from 'vscode'
import { TextFileStore } from '../../node/textfile/textFileStore'
import type { TextState } from '../../node/textfile/textProtocol'
import { Emitter } from '../../shared/lib/emitter'
import { shortNames } from '../../shared/lib/shortNames'
import type { FollowedFile, RunInfo } from '../../shared/protocol/contract'
import { UserError } from '../../shared/userError'
import type { Container } from '../container'
import type { BridgeFollow, BridgeRun } from '../panel/bridge'
import { customFormats } from './customFormats'
import { FollowRecording } from './followRecording'
import { isOwnOutput } from './ownOutput'
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
  readonly onDidChange = this.changed.event
  readonly follow: BridgeFollow

  private constructor(
    readonly files: readonly string[],
    readonly store: TextFileStore,
    private readonly recording: FollowRecording,
    container: Container,
    options: FollowOptions,
  ) {
    this.names = shortNames(files)
    this.follow = {
      setRecording: (on) => this.setRecording(on),
      add: async (more) => {
        await options.add(more === undefined ? await askForFiles(this.files) : more.map(pathOf))
      },
      showOlder: (file) => {
        throw new UserError(`${file} can't be shown here.`, 'not_older')
      },
    }
    const tell = (): void => {
      this.changed.fire(this.info)
    }
    // The lines by level, for the filters; the store keeps the numbers.
    const counting = store.histogram(undefined, tell)
    let bytes = store.state.bytes
    this.stops.push(
      store.onDidChangeState((state) => {
        if (state.bytes > bytes) recording.grew()
        bytes = state.bytes
        tell()
      }),
      store.onDidNotice((message) => {
        container.log.warn(message)
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
    const [first = ''] = files
    const encoding = container.settings.get('follow.encoding', vscode.Uri.file(first))
    const store = await TextFileStore.open(
      first,
      { encoding, formats: customFormats(container.settings) },
      container.textThreads,
    )
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
    store: TextFileStore,
    options: FollowOptions,
  ): Promise<FollowSession> {
    const [first = ''] = files
    const recording = new FollowRecording(
      recordingServices(container, {
        files,
        title: shortNames(files).join(', '),
        endOf: () => endOf(store.state),
      }),
    )
    const session = new FollowSession(files, store, recording, container, options)
    const isWanted = vscode.workspace.isTrusted && container.settings.get('follow.record', vscode.Uri.file(first))
    const live = options.restored ? await liveRecording(container, files) : undefined
    if (live !== undefined) recording.adopt(live)
    else if (isWanted) {
      const places = options.restored ? rememberedPlaces(container, files) : undefined
      recording.wait(places)
      // What came while no window was there.
      const end = endOf(store.state) ?? 0
      if (places?.some(({ position }) => end > (position?.offset ?? 0)) === true) recording.grew()
    }
    return session
  }

  get info(): RunInfo {
    const [first = ''] = this.files
    const files = this.files.map((file, i) => fileOf(file, this.names[i] ?? file, this.store.state))
    const states = files.map(({ state }) => state)
    const { captureId } = this.recording
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
        ...(captureId === undefined ? {} : { capture_id: captureId }),
        older: [],
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

/** So many bytes of the file that has the name now are known. */
function endOf({ parts }: TextState): number | undefined {
  return parts.findLast((part) => part.kind === 'lines')?.end
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
