/** Opens what a panel follows: one file by itself, several as one, those that match a pattern as they come, packed ones unpacked. */
import path from 'node:path'
import { realpath } from 'node:fs/promises'
import * as vscode from 'vscode'
import type { Unpacked } from '../../node/textfile/decompress'
import type { FollowedText } from '../../node/textfile/followedText'
import { MergedStore } from '../../node/textfile/mergedStore'
import { TextFileStore } from '../../node/textfile/textFileStore'
import { UserError } from '../../shared/userError'
import type { Container } from '../container'
import { logDirectories } from '../logDirectories'
import { errorText } from '../userMessages'
import { contentsOf } from './contentMemory'
import { customFormats } from './customFormats'
import { isGrowing, keyOf, type FollowTarget } from './followTarget'
import { isOwnOutput } from './ownOutput'
import { PatternFiles } from './patternFiles'

export interface OpenHooks {
  /** Of files that match the pattern, those that may be followed too; the others are told. */
  admit(files: readonly string[]): readonly string[]
  /** One of them can't be followed. */
  giveUp(file: string): void
  /** Nobody wants it any more. */
  readonly closing: AbortSignal
}

export interface OpenedText {
  readonly store: FollowedText
  close(): Promise<void>
}

/** @throws UserError for what is no text file or can't be read, CancellationError when the person cancelled; nothing is open then */
export async function openText(container: Container, target: FollowTarget, hooks: OpenHooks): Promise<OpenedText> {
  const copies: Unpacked[] = []
  const stores: TextFileStore[] = []
  try {
    for (const file of target.files) {
      await checkNotOwn(container, file)
      stores.push(await openFile(container, file, copies, hooks.closing))
    }
    const [only] = stores
    const store =
      only !== undefined && stores.length === 1 && target.pattern === undefined ? only : new MergedStore(stores)
    const joining = store instanceof MergedStore ? new Joining(container, target, store, hooks) : undefined
    await joining?.start()
    return {
      store,
      close: async () => {
        joining?.dispose()
        await store.close()
        await disposeOf(copies)
      },
    }
  } catch (error) {
    await Promise.all(stores.map((store) => store.close()))
    await disposeOf(copies)
    throw error
  }
}

/** The files that join by a pattern. */
class Joining {
  private readonly files: PatternFiles | undefined
  private readonly memory: string
  private isDisposed = false

  constructor(
    private readonly container: Container,
    target: FollowTarget,
    private readonly store: MergedStore,
    private readonly hooks: OpenHooks,
  ) {
    this.memory = `tapedeck.follow.joined.${keyOf(target)}`
    if (target.pattern === undefined) return
    this.files = new PatternFiles(
      target.pattern,
      (found) => this.take(found),
      (error) => {
        container.log.error(errorText(error))
      },
    )
  }

  async start(): Promise<void> {
    try {
      await this.files?.start()
    } catch (error) {
      this.dispose()
      throw error
    }
  }

  dispose(): void {
    this.isDisposed = true
    this.files?.dispose()
  }

  private async take(found: readonly string[]): Promise<void> {
    const { container, hooks, store } = this
    const { context, settings } = container
    const known = new Set(store.files.map((file) => file.path))
    const own = logDirectories(settings, context).map((folder) => folder + path.sep)
    const fresh = found.filter((file) => !known.has(file) && !own.some((folder) => file.startsWith(folder)))
    const admitted = hooks.admit(fresh)
    const order = context.workspaceState.get<readonly string[]>(this.memory, [])
    for (const file of inOrder(admitted, order)) {
      try {
        await checkNotOwn(container, file)
        const opened = await openFile(container, file, [], hooks.closing)
        if (this.hasEnded()) {
          await opened.close()
          return
        }
        await addTo(store, opened)
      } catch (error) {
        hooks.giveUp(file)
        const text = errorText(error)
        container.log.warn(text)
        if (error instanceof UserError && error.code !== 'own_output') void vscode.window.showWarningMessage(text)
      }
    }
    // Colours and marks go by the order in which files came: it is the same when they are opened again.
    if (admitted.length > 0)
      await context.workspaceState.update(
        this.memory,
        store.files.map((file) => file.path),
      )
  }

  private hasEnded(): boolean {
    return this.isDisposed
  }
}

async function addTo(merged: MergedStore, store: TextFileStore): Promise<void> {
  try {
    merged.add(store)
  } catch (error) {
    await store.close()
    throw error
  }
}

/** As they came before, then by name. */
function inOrder(files: readonly string[], before: readonly string[]): readonly string[] {
  const rank = (file: string): number => (before.includes(file) ? before.indexOf(file) : before.length)
  return files.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}

async function openFile(
  { context, settings, textThreads, unpackedFiles }: Container,
  file: string,
  copies: Unpacked[],
  closing: AbortSignal,
): Promise<TextFileStore> {
  const encoding = settings.get('follow.encoding', vscode.Uri.file(file))
  const options = { encoding, formats: customFormats(settings) }
  if (isGrowing(file)) {
    const contents = contentsOf(context.workspaceState, file)
    return TextFileStore.open(file, { ...options, contents }, textThreads)
  }
  const copy = await unpackedFiles.unpack(file, closing)
  if (copy === undefined) throw new vscode.CancellationError()
  copies.push(copy)
  return TextFileStore.open(copy.path, { ...options, follow: false, shownAs: file }, textThreads)
}

async function checkNotOwn({ context }: Container, file: string): Promise<void> {
  // One that is not there yet has no other name.
  const real = await realpath(file).catch(() => file)
  if (isOwnOutput(context.logUri.fsPath, real))
    throw new UserError(
      `${file} is Tapedeck's own output, which is not followed: each of its lines would make another.`,
      'own_output',
      'bad_input',
    )
}

async function disposeOf(copies: readonly Unpacked[]): Promise<void> {
  await Promise.all(copies.map((copy) => copy.dispose()))
}
