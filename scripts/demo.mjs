// Shows Tapedeck in a real editor, with a chat site to capture from. Ctrl-C ends everything.
// Usage: node scripts/demo.mjs            the editor, the demo workspace, the demo chat
//        node scripts/demo.mjs --once [--prompt TEXT] [--scenario NAME]
//                                         no editor: one capture on the command line, then the end
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { continueInNode24, root, setup, SetupError } from './setup.mjs'

const options = {
  once: { type: 'boolean', default: false },
  prompt: { type: 'string' },
  scenario: { type: 'string' },
  'no-open': { type: 'boolean', default: false },
}

/** One headless capture of the demo chat, through the same code as the extension's. Returns the exit code. */
async function captureOnce(values, { node, env, browser }) {
  const directory = path.join(root, 'demo', 'workspace', '.tapedeck')
  const args = [
    path.join(root, 'dist/cli.js'),
    'capture',
    '--demo',
    '--headless',
    '--browser',
    browser,
    '--dir',
    directory,
  ]
  args.push('--profile', await mkdtemp(path.join(os.tmpdir(), 'tapedeck-profile-')))
  if (values.prompt !== undefined) args.push('--prompt', values.prompt)
  if (values.scenario !== undefined) args.push('--scenario', values.scenario)
  try {
    const child = spawn(node, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] })
    // Ctrl-C reaches the capture too, which then ends politely.
    process.on('SIGINT', () => {})
    process.on('SIGTERM', () => child.kill('SIGTERM'))
    const [code, signal] = await once(child, 'exit')
    return code ?? 128 + os.constants.signals[signal]
  } finally {
    await rm(args[args.indexOf('--profile') + 1], { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Starts a program and waits for the line that says it is ready; the match of `ready` is returned too. */
async function startUntil(command, args, env, ready) {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = []
  child.stderr.on('data', (chunk) => output.push(chunk.toString()))
  let match = null
  for await (const line of createInterface(child.stdout)) {
    output.push(`${line}\n`)
    match = ready.exec(output.join(''))
    if (match !== null) break
  }
  if (match === null) throw new Error(`${command} ${args[0]} did not start:\n${output.join('').slice(-4000)}`)
  child.stdout.resume()
  return { child, match }
}

/** Ends a program: politely, after 3 s by force. */
async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  const force = setTimeout(() => child.kill('SIGKILL'), 3000)
  child.kill('SIGTERM')
  await ended
  clearTimeout(force)
}

/** Runs outlive the editor by design; those of the demo are asked to stop, and waited for up to 10 s. */
async function stopRuns(directory) {
  const entries = async () => (await readdir(directory).catch(() => [])).filter((name) => name.endsWith('.json'))
  for (const name of await entries()) {
    const { pid } = JSON.parse(await readFile(path.join(directory, name), 'utf8'))
    try {
      process.kill(pid, 'SIGTERM')
    } catch (error) {
      if (error.code !== 'ESRCH') throw error
    }
  }
  for (let tries = 0; tries < 100 && (await entries()).length > 0; tries += 1) await delay(100)
}

/** Runs a program to its end and shows its output when it fails. */
async function runToEnd(command, args, env) {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk.toString()))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(code)}:\n${output.join('')}`)
}

/** The settings of the demo: a quiet window whose captures go to the demo chat. */
function settingsFor(siteUrl, browser, headless) {
  return {
    'tapedeck.capture.url': siteUrl,
    'tapedeck.capture.browser': browser,
    'tapedeck.capture.headless': headless,
    'workbench.startupEditor': 'readme',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'security.workspace.trust.enabled': false,
    'telemetry.telemetryLevel': 'off',
    'remote.autoForwardPorts': false,
    'git.openRepositoryInParentFolders': 'never',
    'update.mode': 'none',
    'extensions.autoCheckUpdates': false,
  }
}

/** Opens an address in the person's own browser, where there is a screen to show it. */
function openInBrowser(address) {
  const opener = { darwin: 'open', win32: 'explorer' }[process.platform] ?? 'xdg-open'
  const child = spawn(opener, [address], { stdio: 'ignore', detached: true })
  child.once('error', () => console.log(`(${opener} is not there: open the address yourself)`))
  child.unref()
}

/** Site, editor and settings; ends when the person presses Ctrl-C or the editor ends. */
async function showEditor(values, { node, env: ownEnv, browser, display, editor }) {
  const { packageExtension } = await import('./package.mjs')
  const state = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-demo-'))
  const children = []
  // The demo's browser profile and its list of live runs are not the person's own.
  const env = { ...ownEnv, XDG_STATE_HOME: path.join(state, 'state'), XDG_DATA_HOME: path.join(state, 'data') }
  try {
    const vsix = await packageExtension({ out: path.join(state, 'tapedeck.vsix') })
    const siteArguments = [
      path.join(root, 'dist/demo.js'),
      ...(values.scenario === undefined ? [] : ['--scenario', values.scenario]),
    ]
    const site = await startUntil(node, siteArguments, env, /(http:\/\/127\.0\.0\.1:\d+\S*)/)
    children.push(site.child)
    // Not a copy: the runs are found there afterwards.
    const workspace = path.join(root, 'demo', 'workspace')
    const folders = ['--user-data-dir', path.join(state, 'user'), '--extensions-dir', path.join(state, 'extensions')]
    const settingsDir = path.join(state, 'user', editor.kind === 'server' ? 'Machine' : 'User')
    await mkdir(settingsDir, { recursive: true })
    const settings = settingsFor(site.match[1], browser, display !== 'own')
    await writeFile(path.join(settingsDir, 'settings.json'), JSON.stringify(settings, null, 2))
    if (editor.kind === 'server') {
      const common = [
        editor.main,
        '--accept-server-license-terms',
        '--telemetry-level',
        'off',
        '--server-data-dir',
        path.join(state, 'server'),
        ...folders,
      ]
      await runToEnd(node, [...common, '--install-extension', vsix], env)
      const serve = [
        ...common,
        '--host',
        '127.0.0.1',
        '--port',
        '0',
        '--without-connection-token',
        '--disable-workspace-trust',
      ]
      const server = await startUntil(
        node,
        serve,
        env,
        /Server bound to 127\.0\.0\.1:(\d+)[\s\S]*Extension host agent started/,
      )
      children.push(server.child)
      const address = `http://127.0.0.1:${server.match[1]}/?folder=${encodeURIComponent(workspace)}`
      console.log(`\nThe editor:    ${address}`)
      if (display === 'own' && !values['no-open'] && process.env.CI === undefined) openInBrowser(address)
    } else {
      await runToEnd(editor.program, [...folders, '--install-extension', vsix], env)
      const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
      children.push(
        spawn(editor.program, [...folders, ...sandbox, '--skip-welcome', '--disable-updates', workspace], {
          env,
          stdio: 'ignore',
        }),
      )
      console.log('\nThe editor opens in a window of its own.')
    }
    console.log(`The demo chat: ${site.match[1]}`)
    console.log('In the editor: F1, then "Tapedeck: Start Live Capture", then a question. Ctrl-C here ends everything.')
    const asked = new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve))
    const gone = children.map(async (child) => {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    })
    await Promise.race([asked, ...gone])
    console.log('\nending …')
  } finally {
    for (const child of children.reverse()) await end(child)
    await stopRuns(path.join(env.XDG_STATE_HOME, 'tapedeck', 'active'))
    await rm(state, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}

try {
  await continueInNode24(import.meta.url)
  const { values } = parseArgs({ options })
  if (values.once) {
    const tools = await setup({ need: ['node', 'modules', 'browser'] })
    const { buildAll } = await import('../esbuild.mjs')
    await buildAll({ quiet: true })
    process.exitCode = await captureOnce(values, tools)
  } else {
    await showEditor(values, await setup())
  }
} catch (error) {
  console.error(error instanceof SetupError ? `npm run demo: ${error.message}` : error)
  process.exitCode = 1
}
