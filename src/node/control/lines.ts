/** JSON objects, one a line, over a socket: the framing of both ends of the control connection. */
import type { Socket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'

const MAX_LINE = 4 * 1024 * 1024

/** Calls `onMessage` for each line; a line that is no JSON or too long ends the connection. */
export function readMessages(socket: Socket, onMessage: (message: unknown) => void): void {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  socket.on('data', (bytes: Buffer) => {
    const lines = (rest + decoder.write(bytes)).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MAX_LINE) socket.destroy()
    for (const line of lines) {
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
