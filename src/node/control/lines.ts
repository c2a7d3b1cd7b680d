/** JSON objects, one a line, over a socket: the framing of both ends of the control connection. */
import type { Socket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'

/** The longest line that a known peer may send. */
export const MAX_LINE = 4 * 1024 * 1024

/**
 * Calls `onMessage` for each line; a line that is no JSON or too long ends the connection.
 * @param maxLine how long a line may be now, in characters
 */
export function readMessages(
  socket: Socket,
  onMessage: (message: unknown) => void,
  maxLine: () => number = () => MAX_LINE,
): void {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  socket.on('data', (bytes: Buffer) => {
    const lines = (rest + decoder.write(bytes)).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > maxLine()) {
      socket.destroy()
      return
    }
    for (const line of lines) {
      if (socket.destroyed) return
      let message: unknown
      try {
        message = JSON.parse(line)
      } catch {
        // Whoever speaks something else is not our peer.
        socket.destroy()
        return
      }
      onMessage(message)
    }
  })
}

export function sendMessage(socket: Socket, message: unknown): void {
  if (!socket.destroyed && socket.writable) socket.write(`${JSON.stringify(message)}\n`)
}
