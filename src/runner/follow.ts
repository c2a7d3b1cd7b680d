/** A recording of followed files as it is asked for: the same for the extension's runner and `tapedeck follow --record`. */
import path from 'node:path'
import { compileFormat, type CustomFormat } from '../core/lines/formats/custom'
import { fileSource, type FileSourceOptions } from '../node/follow/fileSource'
import { followRequestSchema, type FollowRequest } from '../shared/follow'
import { record, type Recording, type RecordOptions } from './record'

export type FollowHooks = Pick<RecordOptions, 'onStarted' | 'onReady' | 'onEvents' | 'log'>

export function recordFollow(request: FollowRequest, hooks: FollowHooks = {}): Recording {
  const {
    title,
    logDirectory,
    files,
    globs,
    cwd,
    maxFiles,
    leaveOut = [],
    ...rest
  } = followRequestSchema.parse(request)
  const { from, positions, encoding, formats, maxBytes } = rest
  const options: FileSourceOptions = {
    files,
    from,
    ...(globs === undefined ? {} : { globs }),
    ...(cwd === undefined ? {} : { cwd }),
    // A recording that recorded itself would never end.
    leaveOut: [path.resolve(logDirectory), ...leaveOut],
    ...(maxFiles === undefined ? {} : { maxJoined: maxFiles }),
    ...(positions === undefined ? {} : { positions }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(formats === undefined
      ? {}
      : { parser: { formats: formats.map((format) => compileFormat(format as CustomFormat)) } }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  }
  return record({
    source: () => fileSource(options),
    title,
    head: { files: [...files, ...(globs ?? [])].map((path) => ({ path })) },
    logDirectory,
    ...hooks,
  })
}
