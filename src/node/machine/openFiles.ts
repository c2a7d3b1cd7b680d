/** The limit of files that a process may have open at the same time. */
import { UserError } from '../../shared/userError'

/** What a person can do about it where that limit was met; every other error stays as it is. */
export function explainLimit(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code !== 'EMFILE' && code !== 'ENFILE') return error
  const who = code === 'EMFILE' ? 'this process' : 'this machine'
  return new UserError(
    `Too many files are open: ${who} may open no more. Raise the limit (ulimit -n) or end other programs, and start it again.`,
    'too_many_files',
    'missing',
    { cause: error },
  )
}
