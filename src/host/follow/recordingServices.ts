/** How the recording of followed files starts its runner, finds it again after a reload, and learns of its end. */
import * as vscode from 'vscode'
import { z } from 'zod'
import { ControlClient } from '../../node/control/client'
import { positionAt } from '../../node/follow/positionAt'
import { livenessOf, readEntry } from '../../node/control/registry'
import { startRecovery, startRunner } from '../../node/runnerProcess'
import { followRequestSchema, type FollowRequest } from '../../shared/follow'
import type { RegistryEntry } from '../../shared/control'
import type { Container } from '../container'
import { logDirectoryOf } from '../logDirectories'
import { errorText, showError } from '../userMessages'
import { customFormats } from './customFormats'
import type { RecordFrom, RecordingServices } from './followRecording'
import { recorderEnd } from './recorderEnd'

/** How far a file is known, and by what name a recording of several is called. */
export interface RecordedFiles {
  readonly files: readonly string[]
  readonly title: string
  /** So many bytes of the file are known; undefined for one that is not there. */
  endOf(file: string): number | undefined
}

const position = followRequestSchema.shape.positions.unwrap().valueType
const rememberedSchema = z.array(z.object({ path: z.string(), position: position.optional() }))

export function recordingServices(container: Container, recorded: RecordedFiles): RecordingServices {
  const { context, settings, log, runs } = container
  const { files, title } = recorded
  const [first = ''] = files
  const scope = vscode.Uri.file(first)
  const started = new Map<string, RegistryEntry>()
  const recover = (): void => {
    container.runnerScript().then(startRecovery, (error: unknown) => {
      log.error(errorText(error))
    })
  }
  return {
    positions: () =>
      Promise.resolve(
        files.map((path): RecordFrom => {
          const end = recorded.endOf(path)
          const known = end === undefined ? undefined : positionAt(path, end)
          return { path, ...(known === undefined ? {} : { position: known }) }
        }),
      ),
    remember: (from) => {
      void context.workspaceState.update(memoryKey(files), from.length === 0 ? undefined : from)
    },
    start: async (from) => {
      const request: FollowRequest = {
        kind: 'follow',
        logDirectory: logDirectoryOf(settings, context, first),
        title: title.slice(0, 200),
        files: [...files],
        from: 'start',
        positions: Object.fromEntries(
          from.flatMap((file) => (file.position === undefined ? [] : [[file.path, file.position]])),
        ),
        encoding: settings.get('follow.encoding', scope),
        formats: [...customFormats(settings)] as NonNullable<FollowRequest['formats']>,
        maxBytes: Math.round(settings.get('follow.maxRecordingMB', scope) * 1_000_000),
      }
      const entry = await startRunner(await container.runnerScript(), request)
      started.set(entry.capture_id, entry)
      await context.workspaceState.update(runKey(files), entry.capture_id)
      return entry.capture_id
    },
    stop: async (captureId) => {
      const live = runs.active.find((session) => session.captureId === captureId)
      const entry = started.get(captureId)
      if (live !== undefined) await live.stop('polite')
      else if (entry !== undefined) await stopByEntry(entry)
    },
    ended: async (captureId, signal) => {
      const entry = started.get(captureId) ?? readEntry(captureId)
      // It ended between being found and being watched.
      if (entry === undefined) return { isFull: false }
      const end = await recorderEnd(entry, recover, signal)
      if (end !== undefined) started.delete(captureId)
      return end
    },
    report: (error) => {
      showError(error, log)
    },
  }
}

/** The recording of these files that a window before this one began. */
export async function liveRecording(
  { context, runs }: Container,
  files: readonly string[],
): Promise<string | undefined> {
  await runs.refresh()
  // One of the command line, or of another window, is theirs to end.
  const own = context.workspaceState.get<string>(runKey(files))
  return runs.all.find(({ state, capture_id }) => state === 'running' && capture_id === own)?.capture_id
}

/** Where the window before this one waited for the first bytes. */
export function rememberedPlaces({ context }: Container, files: readonly string[]): readonly RecordFrom[] | undefined {
  const parsed = rememberedSchema.safeParse(context.workspaceState.get(memoryKey(files)))
  return parsed.success && parsed.data.length > 0 ? (parsed.data as readonly RecordFrom[]) : undefined
}

function memoryKey(files: readonly string[]): string {
  return `tapedeck.follow.${files.join('\n')}`
}

function runKey(files: readonly string[]): string {
  return `tapedeck.follow.run.${files.join('\n')}`
}

/** A recorder that has written nothing yet is not among the runs. */
async function stopByEntry(entry: RegistryEntry): Promise<void> {
  try {
    const control = await ControlClient.connect(entry, {})
    control.stop('polite')
    control.dispose()
  } catch (error) {
    // What is gone has stopped.
    if (livenessOf(entry).state !== 'lost') throw error
  }
}
