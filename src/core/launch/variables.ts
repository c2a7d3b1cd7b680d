/**
 * The variables `${…}` in a launch configuration. They are VS Code's own, with `${item}` of `forEach` added. What only the
 * editor can answer (inputs, settings, commands) comes from the caller.
 */
import { UserError } from '../../shared/userError'

/** `${name}` or `${name:argument}`. */
export interface Variable {
  readonly name: string
  readonly argument?: string
  /** As it stands in the text, braces and all. */
  readonly text: string
}

/** Where a text stands, for messages. */
export interface TextPlace {
  readonly launch: string
  /** `command`, `args`, `env.NAME`, … */
  readonly key: string
  /** The text is a shell's: the shell's own `${NAME}` are left to it. */
  readonly shell?: boolean
}

/** A variable that exists but has no value now; says why and what to do, as the end of a sentence. */
export interface NoValue {
  readonly problem: string
}

/** Undefined: there is no such variable. */
export type VariableValue = string | NoValue | undefined
export type VariableLookup = (variable: Variable) => VariableValue | Promise<VariableValue>

/** What the variables that need no question are made of. Paths are absolute. */
export interface VariableFacts {
  readonly folders: readonly { readonly name: string; readonly path: string }[]
  /** The workspace folder that the launch belongs to. */
  readonly folder?: string
  readonly cwd?: string
  readonly file?: string
  readonly selectedText?: string
  /** From 1. */
  readonly lineNumber?: number
  readonly userHome: string
  readonly pathSeparator: '/' | '\\'
  readonly env: Readonly<Record<string, string | undefined>>
  /** The file that a `forEach` launch is for. */
  readonly item?: string
}

const KNOWN = [
  'workspaceFolder',
  'workspaceFolderBasename',
  'file',
  'fileBasename',
  'fileBasenameNoExtension',
  'fileDirname',
  'fileExtname',
  'relativeFile',
  'relativeFileDirname',
  'selectedText',
  'lineNumber',
  'cwd',
  'userHome',
  'pathSeparator',
  'item',
  'env:NAME',
  'config:KEY',
  'input:ID',
  'command:ID',
]

const VARIABLE = /\$\{([^{}]*)\}/g
/** `$NAME` in braces as environment variables are written, a parameter with an operator, `${1}`, `${@}`. */
const SHELL_OWN = /^(?:[A-Z_][A-Z0-9_]*|[0-9@*#?$!-]+|[#!][A-Za-z_]\w*|[A-Za-z_]\w*(?::[-=?+0-9 ]|[-=?+#%^,/@[]).*)$/s

/** The variables of a text, in order. */
export function variablesIn(text: string): Variable[] {
  return [...text.matchAll(VARIABLE)].map(([whole, inside = '']) => parse(whole, inside))
}

function parse(text: string, inside: string): Variable {
  const colon = inside.indexOf(':')
  return colon < 0 ? { name: inside, text } : { name: inside.slice(0, colon), argument: inside.slice(colon + 1), text }
}

/**
 * The text with its variables replaced. Values are not looked through again.
 * @throws UserError `unknown_variable` or `no_value`; names the launch, the key and the variable
 */
export async function replaceVariables(text: string, place: TextPlace, lookup: VariableLookup): Promise<string> {
  let result = ''
  let done = 0
  for (const match of text.matchAll(VARIABLE)) {
    const [whole, inside = ''] = match
    result += text.slice(done, match.index)
    done = match.index + whole.length
    const value = await lookup(parse(whole, inside))
    if (typeof value === 'string') result += value
    else if (value === undefined && place.shell === true && SHELL_OWN.test(inside)) result += whole
    else throw noValue(parse(whole, inside), place, value)
  }
  return result + text.slice(done)
}

function noValue(variable: Variable, { launch, key, shell }: TextPlace, value: NoValue | undefined): UserError {
  const shown = variable.text.length > 200 ? `${variable.text.slice(0, 200)}…` : variable.text
  const where = `The launch "${launch}" has ${shown} in "${key}"`
  if (value !== undefined) return new UserError(`${where}, but ${value.problem}.`, 'no_value', 'bad_input')
  const known = KNOWN.map((name) => `\${${name}}`).join(', ')
  const hint = shell === true ? ` A variable of the shell is written without braces: $${variable.name}.` : ''
  return new UserError(
    `${where}, but there is no such variable. Known are ${known}.${hint}`,
    'unknown_variable',
    'bad_input',
  )
}

/** The value of a variable that follows from the facts; undefined for all others. */
export function factOf({ name, argument }: Variable, facts: VariableFacts): VariableValue {
  if (argument !== undefined) return withArgument(name, argument, facts)
  switch (name) {
    case 'workspaceFolder':
      return facts.folder ?? noFolder
    case 'workspaceFolderBasename':
      return facts.folder === undefined ? noFolder : basename(facts.folder, facts)
    case 'cwd':
      return facts.cwd ?? facts.folder ?? facts.userHome
    case 'userHome':
      return facts.userHome
    case 'pathSeparator':
    case '/':
      return facts.pathSeparator
    case 'item':
      return facts.item ?? { problem: 'the launch has no "forEach", so there is no item' }
    case 'selectedText':
      return facts.selectedText ?? { problem: 'no text is selected. Select some in an editor first' }
    case 'lineNumber':
      return facts.lineNumber === undefined ? noFile : String(facts.lineNumber)
    default:
      return fileFact(name, facts)
  }
}

const noFolder: NoValue = { problem: 'no folder is open. Open the folder that it should mean' }
const noFile: NoValue = { problem: 'no file is open in the editor. Open the file that it should mean' }

function withArgument(name: string, argument: string, facts: VariableFacts): VariableValue {
  if (name === 'env') {
    const value = Object.hasOwn(facts.env, argument) ? facts.env[argument] : undefined
    return value ?? { problem: `the environment variable ${argument} is not set` }
  }
  if (name !== 'workspaceFolder' && name !== 'workspaceFolderBasename') return undefined
  const folder = facts.folders.find((known) => known.name === argument)
  if (folder !== undefined) return name === 'workspaceFolder' ? folder.path : basename(folder.path, facts)
  const names = facts.folders.map((known) => known.name).join(', ')
  return { problem: `no folder of the workspace has the name ${argument}; there are ${names || 'none'}` }
}

function fileFact(name: string, facts: VariableFacts): VariableValue {
  const { file } = facts
  const make = fileFacts.get(name)
  if (make === undefined) return undefined
  return file === undefined ? noFile : make(file, facts)
}

const fileFacts = new Map<string, (file: string, facts: VariableFacts) => string>([
  ['file', (file) => file],
  ['fileBasename', basename],
  ['fileDirname', dirname],
  ['fileExtname', (file, facts) => extension(basename(file, facts))],
  [
    'fileBasenameNoExtension',
    (file, facts) => {
      const name = basename(file, facts)
      return name.slice(0, name.length - extension(name).length)
    },
  ],
  ['relativeFile', relative],
  ['relativeFileDirname', (file, facts) => relative(dirname(file, facts), facts) || '.'],
])

function basename(file: string, { pathSeparator }: VariableFacts): string {
  return file.slice(file.lastIndexOf(pathSeparator) + 1)
}

function dirname(file: string, { pathSeparator }: VariableFacts): string {
  return file.slice(0, Math.max(file.lastIndexOf(pathSeparator), 0)) || pathSeparator
}

function extension(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? name.slice(dot) : ''
}

/** A file outside the folder stays as it is. */
function relative(file: string, { folder, pathSeparator }: VariableFacts): string {
  if (folder === undefined) return file
  if (file === folder) return ''
  const within = folder.endsWith(pathSeparator) ? folder : folder + pathSeparator
  return file.startsWith(within) ? file.slice(within.length) : file
}
