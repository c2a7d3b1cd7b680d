/** Keeps a defect of a decoder from ending the capture that it decodes for. */
import type { WireDecoder } from '../../core/decode/decoder'

/** The same decoder, but what it throws is told and does not end the capture. */
export function guarded(decoder: WireDecoder, onDefect: (error: unknown) => void): WireDecoder {
  const attempt = <T>(action: () => T): T | undefined => {
    try {
      return action()
    } catch (error) {
      onDefect(error)
      return undefined
    }
  }
  return {
    request: (exchange) => attempt(() => decoder.request(exchange)),
    response: (exchange) => {
      const body = attempt(() => decoder.response(exchange))
      return (
        body && {
          push: (bytes) => attempt(() => body.push(bytes)),
          end: (how) => attempt(() => body.end(how)),
        }
      )
    },
    socketFrame: (socket, text) => attempt(() => decoder.socketFrame(socket, text)),
    socketClosed: (socket) => attempt(() => decoder.socketClosed(socket)),
    end: () => attempt(() => decoder.end()),
  }
}
