/** Why a log can't be written. */
import { UserError } from '../../shared/userError'

/** No more room, for whatever reason: what gives room helps. */
export function isFull(error: Error): boolean {
  return 'code' in error && ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String(error.code))
}

/** An error of the file system in a person's words. */
export function writeError(path: string, error: unknown): UserError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reasons: Record<string, string> = {
    ENOSPC: 'the disk is full. Free some space and start it again',
    EDQUOT: 'your disk quota is used up. Free some space and start it again',
    EFBIG:
      'the file has reached the largest size that the system allows here (ulimit -f). Raise the limit and start it again',
    EMFILE: 'too many files are open. Raise the limit (ulimit -n) and start it again',
    ENOENT: 'the file or its folder was deleted while the run went on',
    EACCES: 'the folder may not be written. Choose another log directory',
    EPERM: 'the folder may not be written. Choose another log directory',
    EROFS: 'the disk is read-only. Choose another log directory',
    EEXIST: 'a run of that name exists already',
    CUT: 'something else emptied or shortened the file while the run went on',
  }
  const reason = reasons[code] ?? `writing failed (${error instanceof Error ? error.message : String(error)})`
  const code_ = code === 'ENOSPC' || code === 'EDQUOT' ? 'disk_full' : 'log_not_writable'
  const kept = code === 'CUT' || code === 'ENOENT' ? '' : ' Everything recorded before is kept.'
  return new UserError(`The run log ${path} can't be written: ${reason}.${kept}`, code_, 'failed', {
    cause: error,
  })
}
