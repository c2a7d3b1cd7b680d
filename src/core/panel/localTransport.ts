/** A panel and its bridge in one page: what one posts the other hears, in order and never while it posts. */
import type { ToHost, ToWebview } from '../../shared/protocol/contract'
import type { Transport } from '../../shared/protocol/peer'

export function localTransports(): {
  readonly panel: Transport<ToHost, ToWebview>
  readonly host: Transport<ToWebview, unknown>
} {
  const toHost = new Set<(message: unknown) => void>()
  const toPanel = new Set<(message: ToWebview) => void>()
  return { panel: end(toHost, toPanel), host: end(toPanel, toHost) }
}

function end<Out, In>(
  there: ReadonlySet<(message: Out) => void>,
  here: Set<(message: In) => void>,
): Transport<Out, In> {
  return {
    post: (message) => {
      queueMicrotask(() => {
        for (const listener of [...there]) listener(message)
      })
    },
    onMessage: (listener) => {
      here.add(listener)
      return () => here.delete(listener)
    },
  }
}
