/** How the recording of followed files starts its runner, finds it again after a reload, and learns of its end. */
import * as vscode from 'vscode'
import { z } from 'zod'
import { ControlClient } from '../../node/control/client'
import { positionAt } from '../../node/follow/positionAt'
import { livenessOf, readEntry } from '../../node/control/registry'
import { startRunner } from '../../node/runnerProcess'
import { followRequestSchema, type FollowRequest } from '../../shared/follow'
import type { RegistryEntry } from '../../shared/control'
import type { Container } from '../container'
import { logDirectoryOf } from '../logDirectories'
import { showError } from '../userMessages'
import { customFormats } from './customFormats'
import type { RecordFrom, RecordingServices } from './followRecording'
import { keyOf, placeOf, type FollowTarget } from './followTarget'
import { recorderEnd } from './recorderEnd'

/** How far a file is known, and by what name a recording of several is called. */
export interface RecordedFiles {
  readonly target: FollowTarget
  /** Those that are followed now and can grow. */
  files(): readonly string[]
  readonly title: string
  /** Those that match the pattern and are not followed. */
  refused(): readonly string[]
  /** So many bytes of the file are known; undefined for one that is not there. */
  endOf(file: string): number | undefined
}

const position = followRequestSchema.shape.positions.unwrap().valueType
const rememberedSchema = z.array(z.object({ path: z.string(), position: position.optional() }))

export function recordingServices(container: Container, recorded: RecordedFiles): RecordingServices {
  const { context, settings, log, runs } = container
  const { target, title } = recorded
  const place = placeOf(target)
  const scope = vscode.Uri.file(place)
  const started = new Map<string, RegistryEntry>()
  return {
    positions: () =>
      Promise.resolve(
        recorded.files().map((path): RecordFrom => {
          const end = recorded.endOf(path)
          const known = end === undefined ? undefined : positionAt(path, end)
          return { path, ...(known === undefined ? {} : { position: known }) }
        }),
      ),
    remember: (from) => {
      void context.workspaceState.update(memoryKey(target), from.length === 0 ? undefined : from)
    },
    start: async (from) => {
      const request: FollowRequest = {
        kind: 'follow',
        logDirectory: logDirectoryOf(settings, context, place),
        title: title.slice(0, 200),
        files: [...recorded.files()],
        ...globsOf(target),
        maxFiles: settings.get('follow.maxFiles'),
        leaveOut: [...recorded.refused()],
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
      await context.workspaceState.update(runKey(target), entry.capture_id)
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
      const end = await recorderEnd(entry, container.recover, signal)
      if (end !== undefined) started.delete(captureId)
      return end
    },
    report: (error) => {
      showError(error, log)
    },
  }
}

/** The recording of these files that a window before this one began. */
export async function liveRecording({ context, runs }: Container, target: FollowTarget): Promise<string | undefined> {
  await runs.refresh()
  // One of the command line, or of another window, is theirs to end.
  const own = context.workspaceState.get<string>(runKey(target))
  return runs.all.find(({ state, capture_id }) => state === 'running' && capture_id === own)?.capture_id
}

/** Where the window before this one waited for the first bytes. */
export function rememberedPlaces({ context }: Container, target: FollowTarget): readonly RecordFrom[] | undefined {
  const parsed = rememberedSchema.safeParse(context.workspaceState.get(memoryKey(target)))
  return parsed.success && parsed.data.length > 0 ? (parsed.data as readonly RecordFrom[]) : undefined
}

function memoryKey(target: FollowTarget): string {
  return `tapedeck.follow.${keyOf(target)}`
}

function runKey(target: FollowTarget): string {
  return `tapedeck.follow.run.${keyOf(target)}`
}

/** As the recorder's search takes it: parentheses are no signs in a pattern of ours. */
function globsOf({ pattern }: FollowTarget): Pick<FollowRequest, 'globs' | 'cwd'> {
  return pattern === undefined ? {} : { globs: [pattern.glob.replace(/[()]/g, '\\$&')], cwd: pattern.cwd }
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
