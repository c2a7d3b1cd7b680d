/** The addresses of a chat site that carry a turn. Sources: the facts on wire formats, 1.1. */
import type { Exchange } from '../decoder'

export type Endpoint = 'turn' | 'resume' | 'stop'

const PATH =
  /^https?:\/\/[^/]+\/backend-(?:api|anon|alt)\/(?:f\/)?(?:(conversation)(\/resume)?|(stop_conversation))\/?(?:[?#].*)?$/

export function endpointOf({ method, url }: Pick<Exchange, 'method' | 'url'>): Endpoint | undefined {
  if (method !== 'POST') return undefined
  const found = PATH.exec(url)
  if (found === null) return undefined
  return found[3] !== undefined ? 'stop' : found[2] !== undefined ? 'resume' : 'turn'
}
