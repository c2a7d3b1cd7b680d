/** What the end of a command means, in a person's words. Exit codes over 128 are a shell's way to name a signal. */

export interface ExitInfo {
  readonly exit_code?: number | undefined
  readonly signal?: string | undefined
}

export interface ExitMeaning {
  /** "exit 0", "exit 137", "SIGKILL". */
  readonly short: string
  /** Undefined for a code that only the program itself can explain. */
  readonly meaning?: string
  /** It ended by the signal that it was asked to end by: the state of the run says so already. */
  readonly asAsked?: true
}

/** Signals by number as Linux and macOS share them; those that differ are told by their number. */
const signalNames: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
}

const signalMeanings: Readonly<Record<string, string>> = {
  SIGHUP: 'its terminal was closed',
  SIGINT: 'stopped by Ctrl-C',
  SIGQUIT: 'told to quit',
  SIGILL: 'crashed (illegal instruction)',
  SIGABRT: 'aborted itself, often a failed assertion',
  SIGBUS: 'crashed (bus error)',
  SIGFPE: 'crashed (arithmetic error)',
  SIGKILL: 'killed, often because memory ran out',
  SIGSEGV: 'crashed (segmentation fault)',
  SIGPIPE: 'wrote to a pipe that nobody reads',
  SIGALRM: 'a timer of its own ended it',
  SIGTERM: 'asked to end (SIGTERM)',
}

const codeMeanings: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'general error',
  2: 'misuse: a wrong option or argument',
  126: 'found, but not executable',
  127: 'command not found',
}

/**
 * @param stopRequested whether a person asked the run to stop: then a signal is no riddle
 * @returns undefined while there is neither code nor signal
 */
export function exitMeaning(exit: ExitInfo, stopRequested = false): ExitMeaning | undefined {
  const { exit_code: code, signal } = exit
  if (signal !== undefined) return { short: signal, ...meaningOfSignal(signal, stopRequested) }
  if (code === undefined) return undefined
  const short = `exit ${String(code)}`
  const plain = codeMeanings[code]
  if (plain !== undefined) return { short, meaning: plain }
  if (code <= 128 || code > 192) return { short }
  const name = signalNames[code - 128]
  return name === undefined
    ? { short, meaning: `ended by signal ${String(code - 128)}` }
    : { short, ...meaningOfSignal(name, stopRequested) }
}

function meaningOfSignal(signal: string, stopRequested: boolean): Pick<ExitMeaning, 'meaning' | 'asAsked'> {
  if (stopRequested && signal === 'SIGKILL') return { meaning: 'killed to stop it' }
  if (stopRequested && (signal === 'SIGINT' || signal === 'SIGTERM'))
    return { meaning: 'stopped as asked', asAsked: true }
  const meaning = signalMeanings[signal]
  return meaning === undefined ? {} : { meaning }
}
