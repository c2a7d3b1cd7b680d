/** Starts a runner as a process of its own that outlives its starter. */
import { createHash } from 'node:crypto'
import { cp, mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import path from 'node:path'
import process from 'node:process'
import { registryEntrySchema, type RegistryEntry } from '../shared/control'
import { UserError } from '../shared/userError'
import { listEntries } from './control/registry'
import { stateDirectory } from './machine/directories'

/** The one line that a runner says: it records, or it could not start. */
export type RunnerAnswer =
  | { readonly type: 'started'; readonly entry: RegistryEntry }
  | { readonly type: 'refused'; readonly message: string; readonly code: string }

/** What the bundle loads at run time: these read files of their own folders. */
const RUNTIME_PACKAGES = ['playwright-core', '@lydell']

/**
 * Copies the runner's bundle and what it loads into the user's state directory, under its version and content, so that an
 * update of the extension does not pull it from under a live run. Returns the path of the copied bundle.
 * @param distDirectory where `runner.js` lies @param modulesDirectory the `node_modules` of the extension
 */
export async function installRunner(distDirectory: string, modulesDirectory: string, version: string): Promise<string> {
  const bundle = await readFile(path.join(distDirectory, 'runner.js'))
  const name = `${version}-${createHash('sha256').update(bundle).digest('hex').slice(0, 12)}`
  const root = path.join(stateDirectory(), 'runners')
  const target = path.join(root, name)
  const script = path.join(target, 'runner.js')
  if (await exists(script)) return script
  const partial = path.join(root, `.${name}.${String(process.pid)}`)
  await mkdir(path.join(partial, 'node_modules'), { recursive: true, mode: 0o700 })
  for (const name of RUNTIME_PACKAGES) {
    const from = path.join(modulesDirectory, name)
    // The pseudo-terminal is missing on a system that its package has no binary for.
    if (!(await exists(from))) continue
    await cp(from, path.join(partial, 'node_modules', name), { recursive: true, dereference: true })
  }
  await cp(path.join(distDirectory, 'runner.js'), path.join(partial, 'runner.js'))
  try {
    await rename(partial, target)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    // Another window installed the same runner first.
    if (!(await exists(script))) throw error
  }
  await removeOldRunners(root, name)
  return script
}

/** Older copies go when no run is active, since an active one may still load from them. */
async function removeOldRunners(root: string, current: string): Promise<void> {
  if (listEntries().length > 0) return
  for (const name of await readdir(root)) {
    if (name !== current && !name.startsWith('.')) await rm(path.join(root, name), { recursive: true, force: true })
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}

/**
 * Starts a run. Resolves when its log exists and it can be reached.
 * @param request goes to the runner by standard input, never by arguments
 * @throws UserError with the runner's own words when it could not start
 */
export async function startRunner(script: string, request: unknown): Promise<RegistryEntry> {
  const child = spawn(process.execPath, [script], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
    cwd: path.dirname(script),
    env: runnerEnvironment(),
    windowsHide: true,
  })
  const line = new Promise<string>((resolve, reject) => {
    let said = ''
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      reject(new Error(`the recorder ended at once (${signal ?? String(code)})`))
    })
    child.stdout.on('data', (bytes: Buffer) => {
      said += bytes.toString('utf8')
      if (said.includes('\n')) resolve(said)
    })
    child.stdin.on('error', () => {
      // A recorder that died before it read: `exit` tells.
    })
    child.stdin.end(JSON.stringify(request))
  })
  try {
    const answer = JSON.parse(await line) as RunnerAnswer
    if (answer.type === 'refused') throw new UserError(answer.message, answer.code)
    return registryEntrySchema.parse(answer.entry)
  } finally {
    child.stdout.destroy()
    child.removeAllListeners()
    child.unref()
  }
}

/** Lets a process of its own close the logs of lost runs. */
export function startRecovery(script: string): void {
  const child = spawn(process.execPath, [script, 'recover'], {
    detached: true,
    stdio: 'ignore',
    env: runnerEnvironment(),
    windowsHide: true,
  })
  child.on('error', () => {
    // Tried again at the next start; the runs stay listed as stale until then.
  })
  child.unref()
}

function runnerEnvironment(): NodeJS.ProcessEnv {
  const { TAPEDECK_CAPTURE_ID: _, ...env } = process.env
  // An editor that was itself started by a launch: its runners are not part of that.
  return { ...env, ELECTRON_RUN_AS_NODE: '1' }
}
