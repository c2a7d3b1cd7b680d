/** One command of the command line. */
export interface Command {
  readonly form: string
  readonly purpose: string
  /** @returns the exit code */
  run(args: readonly string[]): Promise<number>
}
