/** A launch as it is asked for: the same for the extension's runner and `tapedeck run`. */
import type { OutputContext, SourceHandle } from '../core/source'
import { fileSource, type FileHandle } from '../node/follow/fileSource'
import { processSource, type ProcessHandle, type ProcessOptions } from '../node/process/processSource'
import { launchRequestSchema, type LaunchRequest } from '../shared/launch'
import { record, type Recording, type RecordOptions } from './record'

export interface LaunchHooks extends Pick<RecordOptions, 'onStarted' | 'onEvents' | 'log'> {
  /** The command runs. */
  onLaunched?(command: ProcessHandle): void
}

/** What the command line does otherwise than the editor's runner. */
export type LaunchManner = Pick<ProcessOptions, 'stdin' | 'isMerged' | 'terminal' | 'onBytes' | 'inheritsEnvironment'>

export function recordLaunch(request: LaunchRequest, hooks: LaunchHooks = {}, manner: LaunchManner = {}): Recording {
  const { kind: _, title, configuration, rerunOf, logs: globs, ...options } = launchRequestSchema.parse(request)
  const { onStarted, onEvents, log } = hooks
  return record({
    source: (captureId) => {
      const source = processSource({ ...options, ...manner, captureId })
      return {
        ...source,
        open: async (context: OutputContext) => {
          // Before the command: what stands in its logs by then is not of this run.
          const logs = await followLogs(globs, options.cwd, context)
          try {
            const handle = await source.open(context)
            hooks.onLaunched?.(handle)
            return logs === undefined ? handle : withLogs(handle, logs)
          } catch (error) {
            await logs?.stop('force')
            throw error
          }
        },
      }
    },
    title,
    head: {
      command: options.command,
      args: options.args,
      cwd: options.cwd,
      env_names: Object.keys(options.env).sort(),
      ...(options.shell === undefined ? {} : { shell: options.shell }),
      ...(options.pty === undefined ? {} : { pty: options.pty }),
      ...(options.results.length === 0 ? {} : { result_globs: options.results }),
      ...(configuration === undefined ? {} : { configuration }),
      ...(rerunOf === undefined ? {} : { rerun_of: rerunOf }),
    },
    logDirectory: options.logDirectory,
    ...(onStarted === undefined ? {} : { onStarted }),
    ...(onEvents === undefined ? {} : { onEvents }),
    ...(log === undefined ? {} : { log }),
  })
}

async function followLogs(
  globs: readonly string[],
  cwd: string,
  context: OutputContext,
): Promise<FileHandle | undefined> {
  if (globs.length === 0) return undefined
  return fileSource({ files: [], globs, cwd, from: { lines: 0 } }).open(context)
}

/** The lines of the logs are in the run before its end. */
function withLogs(handle: ProcessHandle, logs: FileHandle): SourceHandle {
  return {
    ended: handle.ended.then(async (end) => {
      await logs.settle()
      await logs.stop('polite')
      return end
    }),
    stop: (how) => handle.stop(how),
    write: (text, end) => handle.write(text, end),
  }
}
