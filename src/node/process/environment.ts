/**
 * The environment of a launched command: ours, without what the editor and we ourselves left in it, and with what the
 * configuration says.
 */
import process from 'node:process'

const CAPTURE_ID = 'TAPEDECK_CAPTURE_ID'

export interface EnvironmentOptions {
  readonly captureId: string
  /** Variables of the configuration; null takes one away. */
  readonly env: Readonly<Record<string, string | null>>
  /** Make programs print each line as it comes, and in colour, though they have no terminal. */
  readonly unbuffered: boolean
  /** Default: this process's. */
  readonly base?: NodeJS.ProcessEnv
  readonly platform?: NodeJS.Platform
}

/** `NAME=value`, by which the processes of a launch are known wherever they went. */
export function captureMarker(captureId: string): string {
  return `${CAPTURE_ID}=${captureId}`
}

/** The whole environment of the command: nothing else is inherited. */
export function commandEnvironment(options: EnvironmentOptions): Record<string, string> {
  const { captureId, env, unbuffered, base = process.env, platform = process.platform } = options
  const variables = new Variables(platform === 'win32')
  for (const [name, value] of Object.entries(base)) if (value !== undefined) variables.set(name, value)
  removeLeftovers(variables)
  for (const [name, value] of Object.entries(env)) {
    if (value === null) variables.delete(name)
    else variables.set(name, value)
  }
  if (unbuffered) {
    const named = new Variables(platform === 'win32')
    for (const name of Object.keys(env)) named.set(name, '')
    // A variable that the configuration takes away stays away.
    const isFree = (name: string): boolean => variables.get(name) === undefined && named.get(name) === undefined
    if (isFree('PYTHONUNBUFFERED')) variables.set('PYTHONUNBUFFERED', '1')
    // no-color.org: any value but an empty one asks for no colour.
    if (isFree('FORCE_COLOR') && (variables.get('NO_COLOR') ?? '') === '') variables.set('FORCE_COLOR', '1')
  }
  variables.set(CAPTURE_ID, captureId)
  return variables.all()
}

/** Names are told apart by case, but not on Windows, where the first spelling stays. */
class Variables {
  readonly #values = new Map<string, { readonly name: string; readonly value: string }>()

  constructor(private readonly ignoreCase: boolean) {}

  get(name: string): string | undefined {
    return this.#values.get(this.#key(name))?.value
  }

  set(name: string, value: string): void {
    const key = this.#key(name)
    this.#values.set(key, { name: this.#values.get(key)?.name ?? name, value })
  }

  delete(name: string): void {
    this.#values.delete(this.#key(name))
  }

  all(): Record<string, string> {
    return Object.fromEntries([...this.#values.values()].map(({ name, value }) => [name, value]))
  }

  /** Names as they are compared: in capitals on Windows. */
  names(): string[] {
    return [...this.#values.keys()]
  }

  #key(name: string): string {
    return this.ignoreCase ? name.toUpperCase() : name
  }
}

/** Variables of the editor, of its extension host, of code-server and of ours, which mean nothing to a command. */
const LEFTOVERS = [
  /^ELECTRON_./,
  /^VSCODE_./,
  /^TAPEDECK_./,
  /^CHROME_DESKTOP$/,
  /^ORIGINAL_XDG_CURRENT_DESKTOP$/,
  /^APPLICATION_?INSIGHTS_/,
  /^CODE_SERVER_(?:PARENT_PID|SESSION_SOCKET)$/,
  // A child of `fork` would take over the channel of the extension host or fail at its start.
  /^NODE_CHANNEL_(?:FD|SERIALIZATION_MODE)$/,
  /^NODE_UNIQUE_ID$/,
]

/** Helpers of the editor that don't work without its variables; somebody else's stay. */
const HELPERS: Readonly<Record<string, RegExp>> = {
  GIT_ASKPASS: /[\\/]extensions[\\/]git[\\/]dist[\\/]/,
  SSH_ASKPASS: /[\\/]extensions[\\/]git[\\/]dist[\\/]/,
  BROWSER: /[\\/]helpers[\\/]browser\.(?:sh|cmd)$/,
}

const SNAP_ORIGINAL = '_VSCODE_SNAP_ORIG'

function removeLeftovers(variables: Variables): void {
  const names = variables.names()
  // The editor as a snap changes paths of libraries to its own and keeps what was there before beside them.
  for (const name of names) {
    if (!name.endsWith(SNAP_ORIGINAL)) continue
    const changed = name.slice(0, -SNAP_ORIGINAL.length)
    const original = variables.get(name) ?? ''
    if (original === '') variables.delete(changed)
    else variables.set(changed, original)
    variables.delete(name)
  }
  if (/^code(?:-insiders)?$/.test(variables.get('SNAP_NAME') ?? '')) {
    for (const name of names) if (/^SNAP(?:_|$)/.test(name)) variables.delete(name)
  }
  for (const name of names) if (LEFTOVERS.some((pattern) => pattern.test(name))) variables.delete(name)
  for (const [name, pattern] of Object.entries(HELPERS)) {
    const value = variables.get(name)
    if (value !== undefined && pattern.test(value)) variables.delete(name)
  }
  const nodeOptions = variables.get('NODE_OPTIONS')
  if (nodeOptions === undefined) return
  const own = withoutDebugger(nodeOptions)
  if (own === '') variables.delete('NODE_OPTIONS')
  else variables.set('NODE_OPTIONS', own)
}

/** A word of NODE_OPTIONS: blanks part words, but not within double quotes, where a backslash holds for what follows. */
const WORD = /(?:"(?:[^"\\]|\\.)*"?|[^\s"])+/gs
const BOOTLOADER = /js-debug.*[\\/]bootloader(?:\.bundle)?\.c?js"?$/s

/** NODE_OPTIONS without what the editor's JavaScript debugger put there to follow every child; the rest stays as it is. */
export function withoutDebugger(nodeOptions: string): string {
  const words = nodeOptions.match(WORD) ?? []
  const isRequire = (word: string | undefined): boolean => word === '--require' || word === '-r'
  const isBootloader = (word: string | undefined): boolean => word !== undefined && BOOTLOADER.test(word)
  if (!words.some(isBootloader)) return nodeOptions
  return words
    .filter((word, index) => {
      if (isBootloader(word)) return false
      return !(isRequire(word) && isBootloader(words[index + 1])) && word !== '--inspect-publish-uid=http'
    })
    .join(' ')
}
