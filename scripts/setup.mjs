// Brings what a fresh machine lacks: Node 24, the packages, a browser, an editor. Needs Node 18 and npm, nothing else.
// Usage: node scripts/setup.mjs [node] [modules] [browser] [display] [editor]     (without words: all of them)
// Each thing is installed into a folder beside its place and renamed when it is whole, so an interrupted set-up
// leaves nothing half done, and what is there is never done again.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The project's folder. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const nodeVersion = '24.21.0'
const serverVersion = '4.139.1'
const desktopAddress = 'https://update.code.visualstudio.com/api/releases/stable'
const windows = process.platform === 'win32'

/** Where installed things are kept between runs, for all clones of this user. */
export const cacheDir = path.join(
  process.env.XDG_CACHE_HOME || (windows && process.env.LOCALAPPDATA) || path.join(os.homedir(), '.cache'),
  'tapedeck-dev',
)

/** A set-up step that this script can't do; the message says what a person can do. */
export class SetupError extends Error {}

const say = (text) => console.log(`set-up: ${text}`)

/** Says what is begun and how long it took. */
async function step(text, action) {
  const started = performance.now()
  say(`${text} …`)
  const result = await action()
  say(`${text}: ${((performance.now() - started) / 1000).toFixed(1)} s`)
  return result
}

/** Runs a program to its end; rejects with the end of its output when it fails. */
async function run(command, args, { cwd = root, env = process.env, shell = false } = {}) {
  const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] })
  const forward = (signal) => child.kill(signal)
  process.once('SIGINT', forward).once('SIGTERM', forward)
  let output = ''
  const keep = (chunk) => (output = (output + chunk.toString()).slice(-6000))
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  try {
    const [code, signal] = await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (...end) => resolve(end))
    })
    if (code !== 0) {
      throw new SetupError(`${command} ${args.join(' ')} ended with ${signal ?? `code ${code}`}:\n${output.trim()}`)
    }
    return output
  } finally {
    process.off('SIGINT', forward).off('SIGTERM', forward)
  }
}

/** Only one set-up at a time works on `name`; the operating system gives the lock back when its owner dies. */
async function withLock(name, action) {
  const id = `tapedeck-setup-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`
  const address =
    process.platform === 'linux' ? `\0${id}` : windows ? `\\\\.\\pipe\\${id}` : path.join(os.tmpdir(), `${id}.sock`)
  const waiting = new Set()
  const server = net.createServer((socket) => {
    waiting.add(socket)
    socket.once('close', () => waiting.delete(socket)).on('error', () => socket.destroy())
  })
  const taken = () =>
    new Promise((resolve, reject) => {
      server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)))
      server.listen(address, () => resolve(true))
    })
  for (let told = false; !(await taken()); told = true) {
    if (!told) say('another set-up is at work, waiting for it')
    server.removeAllListeners('error')
    await new Promise((resolve, reject) => {
      const socket = net.connect(address)
      socket.once('close', resolve)
      socket.once('error', (error) => {
        // A socket file whose owner died is left on systems without abstract names.
        if (error.code === 'ECONNREFUSED' && !address.startsWith('\0'))
          rm(address, { force: true }).then(resolve, reject)
      })
    })
  }
  try {
    return await action()
  } finally {
    for (const socket of waiting) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
}

/** Installs into `<dir>.partial-<pid>` and renames, unless `dir` is there. */
async function installOnce(dir, text, install) {
  if (existsSync(dir)) return
  await mkdir(path.dirname(dir), { recursive: true })
  await withLock(dir, async () => {
    if (existsSync(dir)) return
    const left = readdirSync(path.dirname(dir)).filter((name) => name.startsWith(`${path.basename(dir)}.partial-`))
    for (const name of left) await rm(path.join(path.dirname(dir), name), { recursive: true, force: true })
    await step(text, async () => {
      const partial = `${dir}.partial-${String(process.pid)}`
      await mkdir(partial)
      try {
        await install(partial)
        await rename(partial, dir)
      } catch (error) {
        await rm(partial, { recursive: true, force: true })
        throw error
      }
    })
  })
}

/**
 * The environment for programs started with Node 24: its folder is first in PATH, and what an outer `npm run` says about
 * itself and its Node is gone, which packages take for the truth about the inner one.
 */
function environmentOf(node) {
  const env = { ...process.env }
  const ofOuterRun =
    /^(npm_(package|lifecycle)_.*|npm_(command|node_execpath)|npm_config_(local_prefix|user_agent|npm_version)|INIT_CWD|NODE)$/i
  for (const name of Object.keys(env)) if (ofOuterRun.test(name)) delete env[name]
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  const others = (env[key] ?? '').split(path.delimiter).filter((dir) => dir !== path.dirname(node))
  env[key] = [path.dirname(node), ...others].join(path.delimiter)
  return env
}

/** Runs npm, the one that started us where npm did. */
async function npm(node, args, cwd) {
  const own = process.env.npm_execpath
  const env = environmentOf(node)
  if (own !== undefined && /npm-cli\.c?js$/.test(own)) await run(node, [own, ...args], { cwd, env })
  else await run(windows ? 'npm.cmd' : 'npm', args, { cwd, env, shell: windows })
}

/** Installs one npm package into a folder of its own. */
async function installPackage(node, dir, name) {
  await writeFile(path.join(dir, 'package.json'), '{ "private": true }\n')
  await npm(node, ['install', '--prefix', dir, '--no-audit', '--no-fund', '--loglevel=error', name], dir)
}

/** The path of a Node 24: the running one if it is, else one of our own. */
async function ensureNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  const dir = path.join(cacheDir, `node-${nodeVersion}`)
  await installOnce(dir, `installing Node ${nodeVersion} (this one is ${process.versions.node})`, (partial) =>
    installPackage(process.execPath, partial, `node@${nodeVersion}`),
  )
  const node = path.join(dir, 'node_modules/node/bin', windows ? 'node.exe' : 'node')
  if (!existsSync(node)) throw new SetupError(`${dir} holds no Node: delete that folder and start again`)
  return node
}

/** Whether node_modules holds what package-lock.json asks for. npm writes its own list last, so half an install has none. */
function modulesAreThere() {
  const listOf = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages
  if (!existsSync(path.join(root, 'node_modules/.package-lock.json'))) return false
  const wanted = listOf('package-lock.json')
  const installed = listOf('node_modules/.package-lock.json')
  return Object.entries(wanted).every(([name, item]) => {
    if (name === '') return true
    const here = installed[name]
    if (here === undefined) return item.optional === true
    return here.version === item.version && existsSync(path.join(root, name, 'package.json'))
  })
}

async function ensureModules(node) {
  if (modulesAreThere()) return
  await withLock(path.join(root, 'node_modules'), async () => {
    if (modulesAreThere()) return
    await step('installing the packages (npm ci)', () =>
      npm(node, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], root),
    )
    if (!modulesAreThere()) throw new SetupError('npm ci ended, and node_modules does not match package-lock.json')
  })
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/** The first of these programs that is in PATH. */
function inPath(names) {
  for (const dir of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const name of names) if (dir !== '' && isExecutable(path.join(dir, name))) return path.join(dir, name)
  }
  return undefined
}

/** An installed Chrome, Chromium or Edge; `TAPEDECK_CHROMIUM` names one. */
function findBrowser() {
  const named = process.env.TAPEDECK_CHROMIUM
  if (named) {
    if (isExecutable(named)) return named
    throw new SetupError(`TAPEDECK_CHROMIUM names ${named}, which is no program`)
  }
  const apps = {
    darwin: ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    ),
    win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA].flatMap((base) =>
      base
        ? [`${base}\\Google\\Chrome\\Application\\chrome.exe`, `${base}\\Microsoft\\Edge\\Application\\msedge.exe`]
        : [],
    ),
  }
  const names = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'microsoft-edge']
  return (apps[process.platform] ?? []).find(isExecutable) ?? (windows ? undefined : inPath(names))
}

/** Whether Debian's packages can be installed here. Ubuntu's chromium is a snap, which containers can't run. */
function canInstallDebian() {
  return (
    process.platform === 'linux' &&
    process.getuid?.() === 0 &&
    existsSync('/etc/os-release') &&
    /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8')) &&
    inPath(['apt-get']) !== undefined
  )
}

async function installDebian(names) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await withLock('apt', () =>
    step(`installing ${names.join(', ')} from Debian`, async () => {
      await run('apt-get', ['update', '-q'], { env })
      await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...names], { env })
    }),
  )
}

/** Playwright's own Chromium, by its installer; undefined where that is not installed. */
async function playwrightBrowser(node, install) {
  const script = "process.stdout.write(require('playwright-core').chromium.executablePath())"
  if (install) await run(node, [path.join(root, 'node_modules/playwright-core/cli.js'), 'install', 'chromium'])
  const file = (await run(node, ['-e', script])).trim()
  return isExecutable(file) ? file : undefined
}

async function ensureBrowser(node) {
  const found = findBrowser()
  if (found !== undefined) return found
  if (canInstallDebian()) {
    await installDebian(['chromium', 'fonts-dejavu-core'])
  } else {
    await ensureModules(node)
    try {
      const own =
        (await playwrightBrowser(node, false)) ??
        (await step("installing Chromium with Playwright's installer", () => playwrightBrowser(node, true)))
      if (own !== undefined) return own
    } catch (error) {
      say(error instanceof Error ? error.message : String(error))
    }
  }
  const installed = findBrowser()
  if (installed !== undefined) return installed
  throw new SetupError(
    'no Chrome, Chromium or Edge was found, and none could be installed. Install one of them, or set TAPEDECK_CHROMIUM to its path.',
  )
}

/** A screen for visible windows: 'own' where the machine has one, else the path of Xvfb, else undefined. */
async function ensureDisplay() {
  if (process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return 'own'
  if (inPath(['Xvfb']) === undefined && canInstallDebian()) await installDebian(['xvfb'])
  const xvfb = inPath(['Xvfb'])
  if (xvfb === undefined) say('there is no screen and no Xvfb (package xvfb): tests with a visible window will fail')
  return xvfb
}

/** Whether the desktop editor's download answers within 5 s. */
async function desktopAnswers() {
  try {
    return (await fetch(desktopAddress, { method: 'HEAD', signal: AbortSignal.timeout(5000) })).ok
  } catch {
    return false
  }
}

/** The desktop editor's program in a folder where @vscode/test-electron put it. */
function desktopProgram(dir) {
  const noted = path.join(dir, 'program.txt')
  return existsSync(noted) ? path.resolve(dir, readFileSync(noted, 'utf8').trim()) : undefined
}

/** What the server's native parts are compiled with. */
async function ensureServerTools() {
  if (windows) return
  const missing = ['make', 'g++', 'python3'].filter((name) => inPath([name]) === undefined)
  if (canInstallDebian()) {
    // Only where the prebuilt part `kerberos` can't be downloaded are its headers needed; they are small.
    if (!existsSync('/usr/include/gssapi/gssapi.h')) missing.push('libkrb5-dev')
    if (missing.length > 0) await installDebian(missing)
  } else if (missing.length > 0) {
    throw new SetupError(`the editor's server is compiled with make, g++ and python3; missing: ${missing.join(', ')}`)
  }
}

/**
 * A real VS Code: the desktop one where it can be downloaded, else the server build out of the npm package code-server.
 * `TAPEDECK_EDITOR` (desktop or server) decides where it is set.
 */
async function ensureEditor(node) {
  const serverDir = path.join(cacheDir, `code-server-${serverVersion}`)
  const desktopDir = path.join(cacheDir, 'vscode-desktop')
  const wish = process.env.TAPEDECK_EDITOR
  const kind =
    wish === 'desktop' || wish === 'server'
      ? wish
      : existsSync(desktopDir)
        ? 'desktop'
        : existsSync(serverDir)
          ? 'server'
          : (await desktopAnswers())
            ? 'desktop'
            : 'server'
  if (kind === 'desktop') {
    await ensureModules(node)
    await installOnce(desktopDir, 'downloading VS Code', async (partial) => {
      const script = `
        const { downloadAndUnzipVSCode } = require('@vscode/test-electron')
        downloadAndUnzipVSCode({ version: 'stable', cachePath: process.argv[1] }).then(
          (program) => require('node:fs').writeFileSync(process.argv[1] + '/program.txt', require('node:path').relative(process.argv[1], program)),
          (error) => { console.error(error); process.exit(1) })`
      await run(node, ['-e', script, partial], { env: environmentOf(node) })
    })
    const program = desktopProgram(desktopDir)
    if (program === undefined) throw new SetupError(`${desktopDir} holds no editor: delete that folder and start again`)
    return { kind, program }
  }
  if (!existsSync(serverDir)) await ensureServerTools()
  await installOnce(
    serverDir,
    `installing the VS Code server (code-server ${serverVersion}; about 2 minutes)`,
    (partial) => installPackage(node, partial, `code-server@${serverVersion}`),
  )
  const main = path.join(serverDir, 'node_modules/code-server/lib/vscode/out/server-main.js')
  if (!existsSync(main)) throw new SetupError(`${serverDir} holds no editor: delete that folder and start again`)
  return { kind, main }
}

/** Things that can be asked for, in the order in which they are made. */
const things = ['node', 'modules', 'browser', 'display', 'editor']

/**
 * Makes sure of what is needed; what is there costs next to nothing.
 * @param {{need?: string[]}} [options] some of node, modules, browser, display, editor; all by default
 * @returns {Promise<{node: string, env: NodeJS.ProcessEnv, browser?: string, display?: string,
 *   editor?: {kind: 'server', main: string} | {kind: 'desktop', program: string}}>}
 *   node: path of a Node 24; env: for programs run with it (names the browser and the editor too)
 * @throws {SetupError} saying what is missing and what a person can do
 */
export async function setup({ need = things } = {}) {
  const unknown = need.filter((name) => !things.includes(name))
  if (unknown.length > 0) throw new SetupError(`unknown: ${unknown.join(', ')}; known: ${things.join(', ')}`)
  const node = await ensureNode()
  const result = { node }
  if (need.includes('modules')) await ensureModules(node)
  if (need.includes('browser')) result.browser = await ensureBrowser(node)
  if (need.includes('display')) result.display = await ensureDisplay()
  if (need.includes('editor')) result.editor = await ensureEditor(node)
  const env = environmentOf(node)
  if (result.browser !== undefined) env.TAPEDECK_CHROMIUM = result.browser
  if (result.display !== undefined && result.display !== 'own') env.TAPEDECK_XVFB = result.display
  return { ...result, env }
}

/**
 * Goes on in Node 24: where the running Node is older, starts `file` again with it and ends this process with its code.
 * @param {string} file import.meta.url of the calling script
 * @returns {Promise<void>} returns only under Node 24
 */
export async function continueInNode24(file) {
  const { node, env } = await setup({ need: ['node'] })
  if (node === process.execPath) return
  const child = spawn(node, [fileURLToPath(file), ...process.argv.slice(2)], { stdio: 'inherit', env })
  // The terminal sends Ctrl-C to both; a plain kill reaches only this one.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (...end) => resolve(end))
  })
  process.exit(code ?? 128 + os.constants.signals[signal])
}

/** Whether the script of this address is the one that was started. */
export function isMain(file) {
  return process.argv[1] !== undefined && file === pathToFileURL(process.argv[1]).href
}

if (isMain(import.meta.url)) {
  const started = performance.now()
  try {
    const words = process.argv.slice(2)
    const { node, browser, display, editor } = await setup(words.length > 0 ? { need: words } : {})
    for (const [name, value] of Object.entries({ node, browser, display, editor: editor?.main ?? editor?.program })) {
      if (value !== undefined) say(`${name.padEnd(8)}${value}`)
    }
    say(`done in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    console.error(`set-up: ${error.message}`)
    process.exitCode = 1
  }
}
