/** Reads the setting `tapedeck.launches`: each bad entry is named with its key and what was expected; the good ones hold. */
import type { z } from 'zod'
import { launchConfigurationSchema, stopSignals, type LaunchConfiguration } from '../../shared/launch'

export interface ReadLaunches {
  readonly launches: readonly LaunchConfiguration[]
  /** One sentence for each bad entry. */
  readonly problems: readonly string[]
}

/** What each key should hold, in words. */
const expected: Readonly<Record<keyof LaunchConfiguration, string>> = {
  name: 'a text of 1 to 200 characters',
  command: 'a program or, with "shell", a command line; not empty',
  args: 'a list of texts',
  cwd: 'a folder, relative to the workspace folder or absolute',
  env: 'variables by name, each a text, or null to take it away',
  envFile: 'the path of a file',
  shell: 'true, false or the path of a shell',
  pty: 'true or false',
  forEach: 'a glob, not empty',
  results: 'a list of at most 100 globs, none empty',
  logs: 'a list of at most 100 globs, none empty',
  stopSignal: `one of ${stopSignals.join(', ')}`,
  stopTimeoutMs: 'a whole number of milliseconds from 0 to 3600000',
  before: '"save all" or "nothing"',
}

/** @param value the value of the setting, whatever it is */
export function readLaunches(value: unknown): ReadLaunches {
  if (value === undefined || value === null) return { launches: [], problems: [] }
  if (!Array.isArray(value))
    return { launches: [], problems: [`tapedeck.launches is ${shown(value)}, but should be a list of launches.`] }
  const launches: LaunchConfiguration[] = []
  const problems: string[] = []
  for (const [index, entry] of (value as unknown[]).entries()) {
    const read = readLaunch(entry, entryName(index, entry))
    if (typeof read === 'string') problems.push(read)
    else if (launches.some(({ name }) => name === read.name))
      problems.push(`${entryName(index, entry)} has the name of an entry before it. Names tell launches apart.`)
    else launches.push(read)
  }
  return { launches, problems }
}

/** One configuration, or the sentence that says what is wrong with it. @param what names it in that sentence */
export function readLaunch(value: unknown, what: string): LaunchConfiguration | string {
  const result = launchConfigurationSchema.safeParse(value)
  if (result.success) {
    if (result.data.command.trim() !== '') return result.data
    return `${what}: "command" is empty, but should be ${expected.command}.`
  }
  return `${what}: ${result.error.issues.map((issue) => describe(issue, value)).join(' ')}`
}

function describe(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => `"${key}"`).join(', ')
    return `${keys} ${issue.keys.length === 1 ? 'is no key' : 'are no keys'} of a launch; known are ${Object.keys(expected).join(', ')}.`
  }
  const [key] = issue.path
  if (typeof key !== 'string') return `it is ${shown(value)}, but should be an object with "name" and "command".`
  const given = issue.path.reduce<unknown>(step, value)
  const place = `"${issue.path.map(String).join('.')}"`
  const is = given === undefined ? `${place} is missing` : `${place} is ${shown(given)}`
  return `${is}; "${key}" should be ${expected[key as keyof LaunchConfiguration]}.`
}

function step(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined
}

function entryName(index: number, entry: unknown): string {
  const name = step(entry, 'name')
  const named = typeof name === 'string' && name !== '' ? ` (${name.slice(0, 200)})` : ''
  return `tapedeck.launches[${index}]${named}`
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined
  return text === undefined ? String(value) : text.length > 100 ? `${text.slice(0, 100)}…` : text
}
