/** A task that a progress notification can cancel. */
import type * as vscode from 'vscode'

/** Undefined when it was cancelled. */
export async function untilCancelled<T>(
  token: vscode.CancellationToken,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const abort = new AbortController()
  const cancelled = token.onCancellationRequested(() => {
    abort.abort()
  })
  try {
    return await task(abort.signal)
  } catch (error) {
    if (abort.signal.aborted) return undefined
    throw error
  } finally {
    cancelled.dispose()
  }
}
