/** STUB */
import type { Container } from '../container'
import type { TextFileStore } from '../../node/textfile/textFileStore'
import type { RecordFrom, RecordingServices } from './followRecording'

export function recordingServices(
  container: Container,
  files: readonly string[],
  _store: TextFileStore,
): RecordingServices & { readonly live: string | undefined; readonly remembered: readonly RecordFrom[] | undefined } {
  return {
    live: undefined,
    remembered: undefined,
    positions: () => Promise.resolve(files.map((path) => ({ path }))),
    remember: () => undefined,
    start: () => Promise.reject(new Error('not yet')),
    stop: () => Promise.resolve(),
    ended: () => new Promise(() => undefined),
    report: (error) => {
      container.log.error(String(error))
    },
  }
}
