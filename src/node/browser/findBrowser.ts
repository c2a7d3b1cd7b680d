/** Finds an installed browser that can be recorded: Chrome, Edge or Chromium. */
import { accessSync, constants, statSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { UserError } from '../../shared/userError'

/** A browser on this machine. */
export interface FoundBrowser {
  readonly path: string
  /** "Chrome", "Edge", "Chromium", or the file's own name. */
  readonly name: string
}

/**
 * The browser at a given path, or the first that is installed.
 * @throws UserError `browser_not_found` for a given path that is no program, `no_browser` when none is installed
 */
export function findBrowser(
  given: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
  platform = process.platform,
): FoundBrowser {
  if (given !== undefined) {
    if (isProgram(given)) return { path: given, name: nameOf(given) }
    throw new UserError(
      `There is no browser at ${given}. Set tapedeck.capture.browser (--browser) to the program of a Chrome, Edge or Chromium, or empty it to have one found.`,
      'browser_not_found',
      'missing',
    )
  }
  const candidates = candidatesOf(platform, env)
  const found = candidates.find((candidate) => isProgram(candidate.path))
  if (found !== undefined) return found
  const tried = candidates.map((candidate) => candidate.path).join(', ')
  throw new UserError(
    `No Chrome, Edge or Chromium was found (tried ${tried}). Install one (on Debian: apt install chromium; elsewhere: npx playwright install chromium), or set tapedeck.capture.browser (--browser) to its path.`,
    'no_browser',
    'missing',
  )
}

function candidatesOf(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): FoundBrowser[] {
  const chosen = env['TAPEDECK_CHROMIUM']
  const first = chosen === undefined || chosen === '' ? [] : [{ path: chosen, name: nameOf(chosen) }]
  return [...first, ...installedCandidates(platform, env)]
}

function installedCandidates(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): FoundBrowser[] {
  if (platform === 'win32') {
    const roots = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']].filter(
      (root) => root !== undefined,
    )
    const programs = [
      ['Google\\Chrome\\Application\\chrome.exe', 'Chrome'],
      ['Microsoft\\Edge\\Application\\msedge.exe', 'Edge'],
      ['Chromium\\Application\\chrome.exe', 'Chromium'],
    ] as const
    return programs.flatMap(([program, name]) => roots.map((root) => ({ path: path.win32.join(root, program), name })))
  }
  if (platform === 'darwin') {
    return ['Google Chrome', 'Microsoft Edge', 'Chromium'].flatMap((name) =>
      ['/Applications', path.join(env['HOME'] ?? homedir(), 'Applications')].map((root) => ({
        path: `${root}/${name}.app/Contents/MacOS/${name}`,
        name: nameOf(name),
      })),
    )
  }
  const names = [
    'google-chrome-stable',
    'google-chrome',
    'microsoft-edge-stable',
    'microsoft-edge',
    'chromium',
    'chromium-browser',
  ]
  const folders = (env['PATH'] ?? '').split(':').filter((folder) => folder !== '')
  return names.flatMap((name) =>
    [...new Set([...folders, '/usr/bin', '/snap/bin'])].map((folder) => ({
      path: path.join(folder, name),
      name: nameOf(name),
    })),
  )
}

/** The name that people know a program by. */
function nameOf(program: string): string {
  const name = path.basename(program)
  if (/edge/i.test(name)) return 'Edge'
  if (/chromium/i.test(name)) return 'Chromium'
  return /chrome/i.test(name) ? 'Chrome' : name
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    // Not there, or not ours to run: the next candidate.
    return false
  }
}
