/** A viewer's end of a run's control socket. */
import { connect, type Socket } from 'node:net'
import {
  CONTROL_PROTOCOL,
  controlMessageSchema,
  type ControlMessage,
  type ControlRequest,
  type RegistryEntry,
} from '../../shared/control'
import { readMessages, sendMessage } from './lines'

export interface ControlEvents {
  onGrew?(message: Extract<ControlMessage, { type: 'grew' }>): void
  onStopping?(): void
  /** The runner said something went wrong with a request. */
  onError?(message: string): void
  /** The connection is over: the run ended, or its runner died. Called once. */
  onClosed?(): void
}

const HELLO_TIMEOUT_MS = 5000

export class ControlClient {
  private constructor(
    private readonly socket: Socket,
    /** The runner is stopping already. */
    readonly stopping: boolean,
  ) {}

  /** @throws Error when nobody answers at the address, or not as this run's runner would */
  static connect(
    entry: Pick<RegistryEntry, 'address' | 'token' | 'capture_id'>,
    events: ControlEvents = {},
  ): Promise<ControlClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(entry.address)
      let client: ControlClient | undefined
      const timer = setTimeout(() => socket.destroy(new Error('the runner did not answer')), HELLO_TIMEOUT_MS)
      socket.on('connect', () => {
        send(socket, { type: 'hello', token: entry.token, protocol: CONTROL_PROTOCOL })
      })
      socket.on('error', reject)
      socket.on('close', () => {
        clearTimeout(timer)
        reject(new Error('the runner closed the connection'))
        if (client !== undefined) events.onClosed?.()
      })
      readMessages(socket, (value) => {
        const parsed = controlMessageSchema.safeParse(value)
        // A newer runner may say what we don't know: that is not an error.
        if (!parsed.success) return
        const message = parsed.data
        if (message.type === 'hello' && client === undefined && message.capture_id === entry.capture_id) {
          clearTimeout(timer)
          client = new ControlClient(socket, message.stopping)
          resolve(client)
        } else if (message.type === 'grew') events.onGrew?.(message)
        else if (message.type === 'stopping') events.onStopping?.()
        else if (message.type === 'error') events.onError?.(message.message)
      })
    })
  }

  stop(how: 'polite' | 'force'): void {
    send(this.socket, { type: 'stop', how })
  }

  /** Text for the command's standard input; `end` closes it after that. What goes wrong comes by `onError`. */
  input(text: string, end: boolean): void {
    send(this.socket, { type: 'stdin', text, ...(end ? { end } : {}) })
  }

  mark(name: string): void {
    send(this.socket, { type: 'mark', name })
  }

  dispose(): void {
    this.socket.destroy()
  }
}

function send(socket: Socket, request: ControlRequest): void {
  sendMessage(socket, request)
}
