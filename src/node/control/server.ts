/** The control socket of a runner: viewers learn that the log grew, and can stop, mark and feed the run. */
import { timingSafeEqual } from 'node:crypto'
import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import path from 'node:path'
import process from 'node:process'
import { CONTROL_PROTOCOL, controlRequestSchema, type ControlMessage, type ControlRequest } from '../../shared/control'
import type { Written } from '../runlog/writer'
import { MAX_LINE, readMessages, sendMessage } from './lines'

export interface ControlHandlers {
  stop(how: 'polite' | 'force'): void
  mark(name: string, note: string | undefined): void
  /** Absent for runs without a standard input. */
  stdin?(text: string, end: boolean): Promise<void>
}

/** At most 60 pushes a second. */
const PUSH_INTERVAL_MS = 1000 / 60
/** A viewer that reads nothing is not waited for: it is cut off and may come back. */
const MAX_BACKLOG_BYTES = 1024 * 1024
/** Who has not said the token yet may say only so much, only so long, and only so many at once. */
const STRANGER_LINE = 4096
const STRANGER_MS = 5000
const MAX_CONNECTIONS = 100

export class ControlServer {
  private readonly viewers = new Set<Socket>()
  private readonly sockets = new Set<Socket>()
  private latest: Written | undefined
  private lastPush = 0
  private timer: NodeJS.Timeout | undefined
  private stopping: 'polite' | 'force' | undefined

  private constructor(
    private readonly server: Server,
    private readonly captureId: string,
    private readonly token: string,
    private readonly handlers: ControlHandlers,
  ) {}

  static async listen(
    address: string,
    captureId: string,
    token: string,
    handlers: ControlHandlers,
  ): Promise<ControlServer> {
    if (process.platform !== 'win32') {
      mkdirSync(path.dirname(address), { recursive: true, mode: 0o700 })
      rmSync(address, { force: true })
    }
    const server = createServer()
    const control = new ControlServer(server, captureId, token, handlers)
    server.on('connection', (socket) => {
      control.accept(socket)
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(address, () => {
        server.off('error', reject)
        resolve()
      })
    })
    if (process.platform !== 'win32') chmodSync(address, 0o600)
    return control
  }

  /** Tells all viewers, at once when it was quiet and else with the next push. */
  grew(written: Written): void {
    this.latest = written
    if (this.viewers.size === 0 || this.timer !== undefined) return
    const wait = this.lastPush + PUSH_INTERVAL_MS - performance.now()
    if (wait <= 0) this.push()
    else
      this.timer = setTimeout(() => {
        this.push()
      }, wait)
  }

  /** Tells all viewers what the person should know now. */
  problem(message: string): void {
    this.broadcast({ type: 'error', message })
  }

  didStop(how: 'polite' | 'force'): void {
    this.stopping = how
    this.broadcast({ type: 'stopping', how })
  }

  async close(): Promise<void> {
    if (this.timer !== undefined) this.push()
    const closed = new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve()
      })
    })
    for (const socket of this.sockets) socket.end()
    const cut = setTimeout(() => {
      for (const socket of this.sockets) socket.destroy()
    }, 500)
    await closed
    clearTimeout(cut)
  }

  private push(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.lastPush = performance.now()
    if (this.latest !== undefined) this.broadcast(grewMessage(this.latest))
  }

  private broadcast(message: ControlMessage): void {
    for (const socket of this.viewers) {
      if (socket.writableLength > MAX_BACKLOG_BYTES) socket.destroy()
      else sendMessage(socket, message)
    }
  }

  /** An answer to one viewer, who may ask faster than it reads. */
  private answer(socket: Socket, message: ControlMessage): void {
    if (socket.writableLength > MAX_BACKLOG_BYTES) socket.destroy()
    else sendMessage(socket, message)
  }

  private accept(socket: Socket): void {
    if (this.sockets.size >= MAX_CONNECTIONS) {
      socket.destroy()
      return
    }
    this.sockets.add(socket)
    socket.setNoDelay(true)
    const patience = setTimeout(() => {
      if (!this.viewers.has(socket)) socket.destroy()
    }, STRANGER_MS)
    socket.on('error', () => {
      // A viewer may vanish at any time; `close` follows and forgets it.
      socket.destroy()
    })
    socket.on('close', () => {
      clearTimeout(patience)
      this.sockets.delete(socket)
      this.viewers.delete(socket)
    })
    readMessages(
      socket,
      (message) => {
        const request = controlRequestSchema.safeParse(message)
        if (!request.success) {
          this.answer(socket, { type: 'refused', message: 'not a control request' })
          socket.end()
        } else if (request.data.type === 'hello') this.greet(socket, request.data)
        else if (this.viewers.has(socket)) this.handle(socket, request.data)
        else socket.destroy()
      },
      () => (this.viewers.has(socket) ? MAX_LINE : STRANGER_LINE),
    )
  }

  private greet(socket: Socket, hello: Extract<ControlRequest, { type: 'hello' }>): void {
    const given = Buffer.from(hello.token)
    const wanted = Buffer.from(this.token)
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
      socket.destroy()
      return
    }
    this.viewers.add(socket)
    const stopping = this.stopping !== undefined
    this.answer(socket, { type: 'hello', capture_id: this.captureId, protocol: CONTROL_PROTOCOL, stopping })
    if (this.latest !== undefined) this.answer(socket, grewMessage(this.latest))
  }

  private handle(socket: Socket, request: Exclude<ControlRequest, { type: 'hello' }>): void {
    const refuse = (message: string): void => {
      this.answer(socket, { type: 'error', message })
    }
    switch (request.type) {
      case 'ping':
        this.answer(socket, { type: 'pong' })
        break
      case 'stop':
        this.handlers.stop(request.how)
        break
      case 'mark':
        this.handlers.mark(request.name, request.note)
        break
      case 'stdin':
        if (this.handlers.stdin === undefined) refuse('This run takes no input.')
        else
          this.handlers.stdin(request.text, request.end === true).catch((error: unknown) => {
            refuse(error instanceof Error ? error.message : String(error))
          })
    }
  }
}

function grewMessage(written: Written): ControlMessage {
  return {
    type: 'grew',
    bytes: written.bytes,
    count: written.count,
    ...(written.lastTime === undefined ? {} : { last_time: written.lastTime }),
    phase_counts: { ...written.phaseCounts },
    level_counts: { ...written.levelCounts },
  }
}
