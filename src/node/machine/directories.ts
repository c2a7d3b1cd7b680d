/** The user's own directories, by the conventions of each system. All honour XDG variables on Linux. */
import { createHash } from 'node:crypto'
import { homedir, tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import process from 'node:process'

/** Where live runs are registered and runners are kept: state that may be deleted when no run is active. */
export function stateDirectory(env: NodeJS.ProcessEnv = process.env): string {
  if (process.platform === 'win32') return path.join(env['LOCALAPPDATA'] ?? homedir(), 'Tapedeck')
  if (process.platform === 'darwin') return path.join(homedir(), 'Library', 'Application Support', 'Tapedeck')
  return path.join(xdgDirectory(env['XDG_STATE_HOME'], '.local', 'state'), 'tapedeck')
}

/** Where data lies that the person would miss: the browser profile with its log-ins. */
export function dataDirectory(env: NodeJS.ProcessEnv = process.env): string {
  if (process.platform !== 'linux') return stateDirectory(env)
  return path.join(xdgDirectory(env['XDG_DATA_HOME'], '.local', 'share'), 'tapedeck')
}

/** An empty or relative path counts as none (XDG Base Directory Specification): nothing of ours may land in a workspace. */
function xdgDirectory(told: string | undefined, ...usual: string[]): string {
  return told !== undefined && path.isAbsolute(told) ? told : path.join(homedir(), ...usual)
}

/**
 * The address of a run's control socket. A UNIX socket's path may have only about 100 characters, so it lies in the
 * runtime or temporary directory and not in the state directory.
 */
export function controlAddress(captureId: string, env: NodeJS.ProcessEnv = process.env): string {
  const name = createHash('sha256')
    .update(`${stateDirectory(env)}\n${captureId}`)
    .digest('hex')
    .slice(0, 16)
  if (process.platform === 'win32') return `\\\\.\\pipe\\tapedeck-${name}`
  return path.join(socketDirectory(env), `${name}.sock`)
}

/** The folder of the control sockets; the control server makes it with mode 0700. */
export function socketDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const runtime = env['XDG_RUNTIME_DIR']
  if (runtime !== undefined && path.isAbsolute(runtime) && runtime.length < 60) return path.join(runtime, 'tapedeck')
  const temporary = tmpdir().length < 60 ? tmpdir() : '/tmp'
  return path.join(temporary, `tapedeck-${String(userInfo().uid)}`)
}
