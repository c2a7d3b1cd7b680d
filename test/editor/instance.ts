/** A running VS Code with folders of its own: the server build opened in a browser, or the desktop program. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { _electron, chromium, type Browser, type ElectronApplication, type Page } from 'playwright-core'
import { descendants, endAll, processes } from './processes'

/** The editor that the set-up found, as `scripts/setup.mjs` returns it. */
export type EditorProgram = { kind: 'server'; main: string } | { kind: 'desktop'; program: string }

export interface InstanceOptions {
  program: EditorProgram
  /** The Node that runs the server build. */
  node: string
  /** The browser that shows the server build. */
  browser: string
  /** An empty folder for everything the editor writes. */
  dataDirectory: string
  /** The folder that is opened. */
  workspace: string
  /** The extension: a packed file that is installed, or the folder it is developed in. */
  extension: { vsix: string } | { folder: string }
  /** For tests inside the extension host: a module with `run(): Promise<void>`. Needs an extension folder. */
  testModule?: string
  /** Whether the editor asks if the folder is trusted. Without it, all is trusted. */
  workspaceTrust: boolean
  /** Environment of the editor, its extension host and all that those start. */
  env: NodeJS.ProcessEnv
  /** Size of the window in CSS pixels. */
  size: { width: number; height: number }
  /** Told each console line of the window. */
  onConsole?: (text: string) => void
  /** Told the result of `testModule`: 0 is success. */
  onTestsEnd?: (code: number) => void
}

/** An editor with one window; `close` ends all its processes. */
export interface Instance {
  page: Page
  /** The file of the settings that the driver writes. */
  settingsFile: string
  /** The pid of the server, or of the desktop's main process. */
  pid: number
  close(): Promise<void>
}

/** The arguments with which Chromium runs in containers and without asking the network. */
export const chromiumArguments = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
]

/** Which file holds the settings, by the kind of the editor. */
export function settingsFileOf(options: Pick<InstanceOptions, 'program' | 'dataDirectory'>): string {
  const folder = options.program.kind === 'server' ? 'Machine' : 'User'
  return path.join(options.dataDirectory, 'user', folder, 'settings.json')
}

/** Starts the editor. `settingsFileOf` should be written before. */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const folders = ['user', 'server', 'extensions'].map((name) => path.join(options.dataDirectory, name))
  for (const folder of folders) await mkdir(folder, { recursive: true })
  return options.program.kind === 'server' ? startServer(options, options.program.main) : startDesktop(options)
}

/** Where the editor keeps its things, as arguments. */
function folderArguments(options: InstanceOptions): string[] {
  const at = (name: string): string => path.join(options.dataDirectory, name)
  const own = ['--user-data-dir', at('user'), '--extensions-dir', at('extensions')]
  return options.program.kind === 'server' ? ['--server-data-dir', at('server'), ...own] : own
}

/** Runs the editor's program to its end, for `--install-extension`. */
async function runToEnd(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4000)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(code)}:\n${output}`)
}

/** Waits until the server listens, and returns its port. */
async function listening(server: ChildProcess): Promise<number> {
  if (server.stdout === null || server.stderr === null) throw new Error('the server has no output')
  const output: string[] = []
  server.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()))
  const lines = createInterface(server.stdout)
  let port = 0
  for await (const line of lines) {
    output.push(line)
    const bound = /Server bound to 127\.0\.0\.1:(\d+)/.exec(line)
    if (bound !== null) port = Number(bound[1])
    if (line.includes('Extension host agent started')) break
  }
  if (port === 0) throw new Error(`the editor's server did not start:\n${output.join('\n').slice(-4000)}`)
  // Unread output would stop the server once the pipe is full.
  server.stdout.resume()
  return port
}

async function startServer(options: InstanceOptions, main: string): Promise<Instance> {
  const folders = folderArguments(options)
  const common = [main, '--accept-server-license-terms', '--telemetry-level', 'off', ...folders]
  if ('vsix' in options.extension) {
    await runToEnd(options.node, [...common, '--install-extension', options.extension.vsix], options.env)
  }
  const args = [...common, '--host', '127.0.0.1', '--port', '0', '--without-connection-token']
  args.push('--enable-smoke-test-driver')
  if (!options.workspaceTrust) args.push('--disable-workspace-trust')
  const server = spawn(options.node, args, { env: options.env, stdio: ['ignore', 'pipe', 'pipe'] })
  const pid = server.pid
  if (pid === undefined) throw new Error(`the editor's server could not be started with ${options.node}`)
  let browser: Browser | undefined
  const close = async (): Promise<void> => {
    await browser?.close()
    await endTree(server, pid)
  }
  try {
    const port = await listening(server)
    browser = await chromium.launch({ executablePath: options.browser, args: chromiumArguments })
    const context = await browser.newContext({
      viewport: options.size,
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    const page = await context.newPage()
    await listen(page, options)
    const remote = (file: string): string => `vscode-remote://127.0.0.1:${String(port)}${file}`
    const payload: [string, string][] = [['skipWelcome', 'true']]
    if ('folder' in options.extension) payload.push(['extensionDevelopmentPath', remote(options.extension.folder)])
    if (options.testModule !== undefined) payload.push(['extensionTestsPath', remote(options.testModule)])
    const address = new URL(`http://127.0.0.1:${String(port)}/`)
    address.searchParams.set('folder', options.workspace)
    address.searchParams.set('payload', JSON.stringify(payload))
    await page.goto(address.href)
    return { page, settingsFile: settingsFileOf(options), pid, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Connects the page's own reports: its console, and what a run of tests in the extension host calls. */
async function listen(page: Page, options: InstanceOptions): Promise<void> {
  page.on('console', (message) => options.onConsole?.(message.text()))
  await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => {
    options.onConsole?.(args.map(String).join(' '))
  })
  await page.exposeFunction('codeAutomationExit', (code: number) => options.onTestsEnd?.(code))
}

/** Ends a process and everything below it; detached runs of the extension are not below it. */
async function endTree(root: ChildProcess, pid: number): Promise<void> {
  const below = descendants(pid)
  if (root.exitCode === null && root.signalCode === null) {
    const ended = once(root, 'exit')
    const force = setTimeout(() => root.kill('SIGKILL'), 3000)
    root.kill('SIGTERM')
    await ended
    clearTimeout(force)
  }
  const left = processes().filter((one) => below.some((old) => old.pid === one.pid && old.command === one.command))
  endAll(left)
}

async function startDesktop(options: InstanceOptions): Promise<Instance> {
  if (options.program.kind !== 'desktop') throw new Error('not a desktop editor')
  const args = [...folderArguments(options), '--skip-welcome', '--skip-release-notes', '--disable-updates']
  if (!options.workspaceTrust) args.push('--disable-workspace-trust')
  if (process.getuid?.() === 0) args.push('--no-sandbox')
  if ('folder' in options.extension) args.push(`--extensionDevelopmentPath=${options.extension.folder}`)
  if (options.testModule !== undefined) args.push(`--extensionTestsPath=${options.testModule}`)
  if ('vsix' in options.extension) {
    await runToEnd(options.program.program, [...args, '--install-extension', options.extension.vsix], options.env)
  }
  const env = Object.fromEntries(
    Object.entries(options.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
  const application: ElectronApplication = await _electron.launch({
    executablePath: options.program.program,
    args: [...args, options.workspace],
    env,
  })
  const child = application.process()
  const pid = child.pid
  if (pid === undefined) throw new Error(`${options.program.program} could not be started`)
  // With `extensionTestsPath` the program itself ends with the result.
  child.once('exit', (code) => options.onTestsEnd?.(code ?? 1))
  const page = await application.firstWindow()
  page.on('console', (message) => options.onConsole?.(message.text()))
  const close = async (): Promise<void> => {
    await application.close()
    await endTree(child, pid)
  }
  return { page, settingsFile: settingsFileOf(options), pid, close }
}
