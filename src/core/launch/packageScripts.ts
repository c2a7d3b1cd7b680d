/** The scripts of a package.json as launches. */
import type { LaunchConfiguration } from '../../shared/launch'

export const packageManagers = ['npm', 'pnpm', 'yarn', 'bun'] as const
export type PackageManager = (typeof packageManagers)[number]

export interface PackageScripts {
  /** In the order of the file. */
  readonly names: readonly string[]
  /** What the file's `packageManager` asks for. */
  readonly manager?: PackageManager
}

/** @param text whatever the file holds; one that can't be read has no scripts */
export function packageScripts(text: string): PackageScripts {
  const content = objectOf(parse(text.replace(/^\uFEFF/, '')))
  const scripts = objectOf(content['scripts'])
  const names = Object.keys(scripts).filter((name) => name !== '' && typeof scripts[name] === 'string')
  const asked = content['packageManager']
  const manager = packageManagers.find((known) => typeof asked === 'string' && asked.startsWith(`${known}@`))
  return { names, ...(manager === undefined ? {} : { manager }) }
}

/** The files by which a package manager shows that a folder is its. */
export const lockFiles: readonly (readonly [file: string, manager: PackageManager])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
]

/**
 * @param directory relative to the workspace folder, '' for the folder itself
 * @param isWindows there package managers are scripts, which only a shell can start
 */
export function scriptLaunch(
  manager: PackageManager,
  script: string,
  directory: string,
  isWindows: boolean,
): LaunchConfiguration {
  const where = directory === '' ? '' : ` (${directory})`
  return {
    name: `${manager} run ${script}${where}`.slice(0, 200),
    command: manager,
    args: ['run', script],
    ...(directory === '' ? {} : { cwd: directory }),
    ...(isWindows ? { shell: true } : {}),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Half typed, or none of ours: the file has no scripts now.
    return undefined
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
