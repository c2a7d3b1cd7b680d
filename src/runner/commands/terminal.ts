/** Our terminal as that of a command which has one of its own: what is typed, its size, and Ctrl-Z. */
import { execFileSync, type StdioOptions } from 'node:child_process'
import process from 'node:process'
import { StringDecoder } from 'node:string_decoder'
import { isatty } from 'node:tty'
import type { ProcessHandle } from '../../node/process/processSource'
import type { TerminalSize } from '../../node/process/ptyCommand'
import { isInForeground } from '../../node/process/suspendKey'

const STDIN = 0
const STDOUT = 1
/** What Ctrl-Z types. */
const SUSPEND = 0x1a

/** What is typed goes to the command as it is, and it learns the terminal's size. Reads nothing before the command is there. */
export function forwardTerminal(command: ProcessHandle): () => void {
  const { stdin } = process
  const decoder = new StringDecoder('utf8')
  const write = (text: string, end: boolean): void => {
    // A command that has ended reads nothing more.
    command.write(text, end).catch(() => undefined)
  }
  const onData = (bytes: Buffer): void => {
    const key = bytes.indexOf(SUSPEND)
    if (key < 0 || !isTerminal || !command.suspendsAtKey()) {
      write(decoder.write(bytes), false)
      return
    }
    write(decoder.write(bytes.subarray(0, key)), false)
    // As the terminal would do it, were it not raw: everybody in our shell's job. Our own listener stops the command.
    process.kill(0, 'SIGTSTP')
    write(decoder.write(bytes.subarray(key + 1)), false)
  }
  const onEnd = (): void => {
    write(decoder.end(), true)
  }
  const onResize = (): void => {
    command.resize(sizeOfTerminal())
  }
  const isTerminal = isatty(STDIN)
  let restore = isTerminal ? makeRaw() : undefined
  const onSuspend = (): void => {
    restore?.()
    restore = undefined
  }
  const onContinue = (): void => {
    // Continued in the background (bg) the terminal is the shell's.
    if (isTerminal && isInForeground(process.pid)) restore ??= makeRaw()
    onResize()
  }
  stdin.on('data', onData)
  stdin.on('end', onEnd)
  process.on('SIGWINCH', onResize)
  // The shell gets its terminal back before the listener that was there first stops us.
  process.prependListener('SIGTSTP', onSuspend)
  process.on('SIGCONT', onContinue)
  return () => {
    restore?.()
    stdin.off('data', onData)
    stdin.off('end', onEnd)
    stdin.pause()
    // A terminal keeps the process, a file has nothing to let go.
    if ('unref' in stdin) stdin.unref()
    process.off('SIGWINCH', onResize)
    process.off('SIGTSTP', onSuspend)
    process.off('SIGCONT', onContinue)
  }
}

/**
 * Makes the terminal pass everything through. Node's own raw mode goes on turning line feeds into two characters, which the
 * command's terminal has done already. Returns what puts the terminal back as it was; so does the end of this process.
 */
function makeRaw(): () => void {
  // In a session of its own: Ctrl-Z, typed just then, would stop it too, and we would wait for it for ever.
  const options = { stdio: [STDIN, 'pipe', 'ignore'] as StdioOptions, detached: true }
  const stty = (...args: string[]): string => execFileSync('stty', args, options).toString().trim()
  try {
    const before = stty('-g')
    stty('raw', '-echo')
    const restore = (): void => {
      process.off('exit', restore)
      try {
        stty(before)
      } catch {
        // The terminal is gone.
      }
    }
    process.on('exit', restore)
    return restore
  } catch {
    // A system without stty: Node's way is nearly right.
    process.stdin.setRawMode(true)
    return () => process.stdin.setRawMode(false)
  }
}

export function sizeOfTerminal(): TerminalSize {
  const { columns = 120, rows = 30 } = isatty(STDOUT) ? process.stdout : {}
  return { columns, rows }
}
