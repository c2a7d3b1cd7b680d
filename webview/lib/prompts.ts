/** What a command asks for on the line that it has not ended yet. */

const SECRET = /(?:pass(?:word|phrase|code)|secret|token|api[ -]?key|\bpin)\b[^:?]{0,80}[:?]\s*$/i

/** Whether a line asks for something that must not be seen while it is typed; a text without codes. */
export function asksForSecret(line: string): boolean {
  return SECRET.test(line.slice(-200))
}

/** Whether a line ends as a question does: “Your name: ”, “Continue? [y/N] ”, “>>> ”; a text without codes. */
export function asksSomething(line: string): boolean {
  return /\S/.test(line) && /[:?>$#\])]\s{0,3}$/.test(line.slice(-200)) && !/\d%|\d\/\d|it\/s/.test(line.slice(-200))
}
