/** Learns how a recorder ends: with its log closed, or killed before or after it had one. */
import { setTimeout } from 'node:timers/promises'
import { ControlClient } from '../../node/control/client'
import { livenessOf, readEntry } from '../../node/control/registry'
import { describeRun } from '../../node/runlog/history'
import type { RegistryEntry } from '../../shared/control'
import type { RecordingEnd } from './followRecording'

/** A recorder that lives and does not answer is asked again after this. */
const RETRY_MS = 500

/**
 * Resolves when the recorder is gone, undefined when the wait was given up.
 * @param entry its log may not exist yet, `log_path` is where it will be
 * @param recover closes the log that a lost recorder left open
 */
export async function recorderEnd(
  entry: RegistryEntry,
  recover: () => void,
  signal: AbortSignal,
): Promise<RecordingEnd | undefined> {
  for (;;) {
    await connectionEnd(entry, signal)
    if (signal.aborted) return undefined
    // Asked for first: a recorder that ends now has closed its log before it is gone.
    const isLost = livenessOf(entry).state === 'lost'
    const run = await describeRun(entry.log_path, readEntry(entry.capture_id))
    const { metadata } = run
    if (metadata !== undefined) {
      const isFull = metadata.dropped > 0 && metadata.status === 'completed'
      // A recorder that was lost leaves an aborted run that says so; one that was stopped says nothing.
      const error = metadata.status === 'completed' ? undefined : metadata.error
      return { isFull, ...(error === undefined ? {} : { error }) }
    }
    if (isLost) {
      recover()
      return { isFull: false, error: `The recorder (process ${String(entry.pid)}) ended without a word.` }
    }
    await setTimeout(RETRY_MS, undefined, { signal }).catch(() => undefined)
  }
}

/** The control connection ends with the recorder, whatever ends that. */
async function connectionEnd(entry: RegistryEntry, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  let control: ControlClient | undefined
  await new Promise<void>((resolve) => {
    const end = (): void => {
      signal.removeEventListener('abort', end)
      resolve()
    }
    signal.addEventListener('abort', end)
    ControlClient.connect(entry, { onClosed: end }).then((connected) => {
      control = connected
      if (signal.aborted) connected.dispose()
    }, end)
  })
  control?.dispose()
}
