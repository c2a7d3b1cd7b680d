/** The panel's way to the editor: the message port and the state that VS Code keeps for a webview. */
import type { ToHost, ToWebview } from '../src/shared/protocol/contract'
import type { Transport } from '../src/shared/protocol/peer'

/** What VS Code gives a webview, once. */
interface VsCodeApi {
  postMessage(message: unknown): void
  getState(): unknown
  setState(state: unknown): void
}

declare global {
  var acquireVsCodeApi: (() => VsCodeApi) | undefined
}

/** What the panel needs of the place it runs in; a plain browser brings another one. */
export interface Place {
  readonly transport: Transport<ToHost, ToWebview>
  /** Undefined when nothing was ever saved. */
  readonly loadState: () => unknown
  readonly saveState: (state: unknown) => void
  /** A page without an editor: what only that can do is not offered. */
  readonly offline?: true
}

/** The place that VS Code gives; undefined outside of it. To be called once: the editor hands its API out only once. */
export function editorPlace(): Place | undefined {
  const api = globalThis.acquireVsCodeApi?.()
  if (api === undefined) return undefined
  return {
    transport: {
      post(message) {
        api.postMessage(message)
      },
      onMessage(listener) {
        const receive = (event: MessageEvent) => {
          listener(event.data as ToWebview)
        }
        window.addEventListener('message', receive)
        return () => {
          window.removeEventListener('message', receive)
        }
      },
    },
    loadState: () => api.getState(),
    saveState: (state) => {
      api.setState(state)
    },
  }
}
