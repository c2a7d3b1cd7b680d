import type { Clock } from '../../core/run'

/** Resolves after `ms`, or at once when `wake` is raised. */
export function sleep(clock: Clock, ms: number, wake?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel()
      wake?.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.after(ms, done)
    wake?.addEventListener('abort', done)
    if (wake?.aborted === true) done()
  })
}
