/** A command and its arguments as a person would type them. */

const PLAIN = /^[\w@%+=:,./\\-]+$/

/**
 * For showing, copying and saving; not for a shell of any kind in particular.
 * A command line of its own (with `shell`) has no arguments beside it and stays as it is.
 */
export function commandLine(command: string, args: readonly string[] = []): string {
  return args.length === 0 ? command : [command, ...args].map(quote).join(' ')
}

function quote(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
