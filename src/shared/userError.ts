/** Exit codes of the command line: 1 the run failed, 2 bad arguments, 3 something it needs is missing. */
export type UserErrorKind = 'failed' | 'bad_input' | 'missing'

/**
 * An error for the person, not for the developer: its message says what happened, to what, and what they can do.
 * Everything else that is thrown is a defect and is shown with its stack in the diagnostics.
 */
export class UserError extends Error {
  /** The setting to mend, without `tapedeck.`; undefined where none is at fault. */
  readonly setting: string | undefined

  constructor(
    message: string,
    /** A stable word for tests, logs and `error.code`. */
    readonly code: string,
    readonly kind: UserErrorKind = 'failed',
    options?: ErrorOptions & { readonly setting?: string },
  ) {
    super(message, options)
    this.setting = options?.setting
    this.name = 'UserError'
  }
}

/** True for a UserError of any bundle: each has a class of its own. */
export function isUserError(error: unknown): error is UserError {
  return error instanceof UserError || (error instanceof Error && error.name === 'UserError' && 'kind' in error)
}
