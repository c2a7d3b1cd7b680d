/** The thread that reads text files for all stores: answers their requests and tells how the files stand. */
import { TextKernel } from '../../core/lines/wasm/textKernel'
import { isUserError } from '../../shared/userError'
import type { StartFollower } from './follower'
import { TextFile } from './textFile'
import type { FromTextThread, ToTextThread } from './textProtocol'

/** Read at once. */
const TEXT_BYTES = 1024 * 1024

/** What is used of a port or a worker's parent. */
export interface ThreadPort<Outgoing, Incoming> {
  post(message: Outgoing): void
  onMessage(listener: (message: Incoming) => void): void
}

/** Serves until the thread ends. */
export function serveTextFiles(port: ThreadPort<FromTextThread, ToTextThread>, follow: StartFollower): void {
  const files = new Map<number, TextFile>()
  const kernel = new TextKernel(TEXT_BYTES)

  async function answer(message: ToTextThread): Promise<unknown> {
    if (message.name === 'open') {
      const { path, options } = message.params
      const file = new TextFile(path, options, {
        kernel,
        follow,
        onState: (state) => port.post({ type: 'state', file: message.file, state }),
        onNotice: (text) => port.post({ type: 'notice', file: message.file, message: text }),
      })
      files.set(message.file, file)
      try {
        return await file.open()
      } catch (error) {
        files.delete(message.file)
        await file.close()
        throw error
      }
    }
    const file = files.get(message.file)
    if (file === undefined) throw new Error(`no text file ${String(message.file)} is open`)
    switch (message.name) {
      case 'rows':
        return file.rowsAsked(message.params)
      case 'rowsAt':
        return file.rowsAt(message.params.positions)
      case 'detail':
        return file.detail(message.params.position)
      case 'positionOf':
        return file.positionOf(message.params.at, message.params.isExact)
      case 'prepend':
        await file.prepend(message.params.path, message.params.shownAs)
        return undefined
      case 'release':
        file.release(message.params.resets)
        return undefined
      case 'pause':
        file.pause(message.params.isPaused)
        return undefined
      case 'close':
        files.delete(message.file)
        return file.close()
    }
  }

  port.onMessage((message) => {
    const { id } = message
    answer(message).then(
      (value) => port.post({ type: 'answer', id, value }),
      (error: unknown) => port.post({ type: 'error', id, ...described(error) }),
    )
  })
}

function described(error: unknown): { message: string; code?: string } {
  if (isUserError(error)) return { message: error.message, code: error.code }
  return { message: error instanceof Error ? error.message : String(error) }
}
