import { commandLine } from '../../shared/lib/commandLine'

export interface Program {
  readonly file: string
  readonly args: readonly string[]
  /** The name by which the program is called, where it is not the file's. */
  readonly argv0?: string
  /** Windows: the arguments are one line that is passed on as it stands. */
  readonly isVerbatim?: true
}

/**
 * The program that runs a command line in a shell.
 * @param shell true: the system's own; a path: that one
 */
export function shellCommand(
  shell: true | string,
  command: string,
  args: readonly string[],
  platform: string,
): Program {
  const line = args.length === 0 ? command : `${command} ${commandLine(args[0] ?? '', args.slice(1))}`
  const file = shell !== true ? shell : platform === 'win32' ? 'cmd.exe' : '/bin/sh'
  if (/(?:^|[\\/])(?:pwsh|powershell)(?:\.exe)?$/i.test(file)) return { file, args: ['-NoProfile', '-Command', line] }
  if (/(?:^|[\\/])cmd(?:\.exe)?$/i.test(file)) return { file, args: ['/d', '/s', '/c', `"${line}"`], isVerbatim: true }
  return { file, args: ['-c', line] }
}
