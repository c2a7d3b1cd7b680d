/** The addresses of a chat site that carry or end a turn. Source: the facts on wire formats, 1.1. */
import type { Exchange } from '../decoder'

/** `turn`: a prompt is sent, its response is the answer's stream. `resume`: the page reads on. `stop`: the answer is stopped. */
export type Endpoint = 'turn' | 'resume' | 'stop'

const PATH =
  /^https?:\/\/[^/?#]+\/backend-(?:api|anon|alt)\/(?:f\/)?(?:(conversation)(\/resume)?|(stop_conversation))\/?(?:[?#]|$)/

/** What a request is for, or undefined where it has nothing to do with a turn. */
export function endpointOf({ method, url }: Pick<Exchange, 'method' | 'url'>): Endpoint | undefined {
  const found = method === 'POST' ? PATH.exec(url) : null
  if (found === null) return undefined
  if (found[3] !== undefined) return 'stop'
  return found[2] === undefined ? 'turn' : 'resume'
}
