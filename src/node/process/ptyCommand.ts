/** A command in a pseudo-terminal: it prints each line at once and in colour, and may ask for passwords. */
import { Socket } from 'node:net'
import { constants } from 'node:os'
import type { IPty } from '@lydell/node-pty'
import { UserError } from '../../shared/userError'
import { startError, type CommandOptions, type Exit, type RunningCommand } from './command'
import { Flow, type OutputReader } from './outputReader'

export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

const USUAL_SIZE: TerminalSize = { columns: 120, rows: 30 }
/** End of transmission, what Ctrl-D types. */
const END_OF_INPUT = '\u0004'

/**
 * Starts a command in a pseudo-terminal, where standard output and error are one.
 * @throws UserError `no_pty` on a system that the package has no binary for
 */
export async function startInPty(options: CommandOptions, size = USUAL_SIZE): Promise<RunningCommand> {
  const { program, cwd, take } = options
  const { spawn } = await loadPty()
  let pty: IPty
  try {
    const args = program.isVerbatim === true ? program.args.join(' ') : [...program.args]
    const env = { ...options.env }
    const name = env['TERM'] ?? 'xterm-256color'
    pty = spawn(program.file, args, { name, cwd, env, encoding: null, cols: size.columns, rows: size.rows })
  } catch (error) {
    throw startError(program.file, error)
  }
  const flow = new Flow(take.stdout, () => {
    pty.resume()
  })
  // Without an encoding it hands over bytes, whatever its types say.
  pty.onData((data: unknown) => {
    if (!flow.read(data as Uint8Array)) pty.pause()
  })
  const exited = new Promise<Exit>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      resolve(
        signal === undefined || signal === 0
          ? { code: exitCode, signal: null }
          : { code: null, signal: nameOf(signal) },
      )
    })
  })
  let hasExited = false
  void exited.then(() => (hasExited = true))
  const socket = keepOpen(pty)
  const reader: OutputReader = {
    ended: socket === undefined ? exited.then(() => undefined) : closeOf(socket),
    get lastReadAt() {
      return flow.lastReadAt
    },
    close: () => {
      // What a closed terminal means to those in it.
      if (!hasExited) pty.kill('SIGHUP')
      else socket?.destroy()
    },
  }
  return {
    pid: pty.pid,
    ...(pathOf(pty) ?? {}),
    exited,
    outputs: new Map([['stdout', reader]]),
    write: (text, end) => {
      if (hasExited) return Promise.reject(new UserError('The command takes no more input.', 'no_input'))
      pty.write(end ? text + END_OF_INPUT : text)
      return Promise.resolve()
    },
    resize: (columns, rows) => {
      if (!hasExited && columns > 0 && rows > 0) pty.resize(columns, rows)
    },
  }
}

/**
 * The package closes the terminal 200 ms after the exit and tells the exit then, whatever background processes still print and
 * we have not read. Where it believes the terminal to be closed already, it tells the exit at once and leaves the rest to us.
 * @returns undefined where the package is built otherwise: it closes as it likes then
 */
function keepOpen(pty: IPty): Socket | undefined {
  const inner = pty as IPty & { _socket?: unknown; _emittedClose?: unknown }
  if (!(inner._socket instanceof Socket) || inner._emittedClose !== false) return undefined
  inner._emittedClose = true
  return inner._socket
}

/** Known to the package on POSIX systems, and not to its types. */
function pathOf(pty: IPty): { terminal: string } | undefined {
  return 'ptsName' in pty && typeof pty.ptsName === 'string' ? { terminal: pty.ptsName } : undefined
}

function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('close', () => {
      resolve()
    })
  })
}

async function loadPty(): Promise<typeof import('@lydell/node-pty')> {
  try {
    return await import('@lydell/node-pty')
  } catch (error) {
    throw new UserError(
      'There is no pseudo-terminal for this system: the package @lydell/node-pty has no binary for it. Start the command without pty.',
      'no_pty',
      'missing',
      { cause: error },
    )
  }
}

function nameOf(signal: number): NodeJS.Signals {
  const found = Object.entries(constants.signals).find(([, number]) => number === signal)
  return (found?.[0] ?? 'SIGKILL') as NodeJS.Signals
}
