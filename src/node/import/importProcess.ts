/** An import in a process of its own, for who must not be held up by large files: the command line does it. */
import { spawn } from 'node:child_process'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { parseJson } from '../../core/decode/json'
import { UserError } from '../../shared/userError'

export interface ImportedRun {
  readonly capture_id: string
  readonly path: string
  readonly format: string
  readonly title: string
  readonly events: number
  readonly notes: readonly string[]
}

const MAX_SAID = 16 * 1024

/**
 * @param script the command line's bundle
 * @param onProgress told the part that is done, 0 to 1; goes back where a second pass begins
 * @throws UserError in the words of the command line; the signal's reason when it was cancelled. Nothing is left then.
 */
export async function importInProcess(
  script: string,
  file: string,
  logDirectory: string,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (part: number) => void },
): Promise<ImportedRun> {
  signal.throwIfAborted()
  const child = spawn(process.execPath, [script, 'import', '--json', '--dir', logDirectory, '--', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    windowsHide: true,
  })
  const cancel = (): void => void child.kill()
  signal.addEventListener('abort', cancel)
  let imported: ImportedRun | undefined
  let said = ''
  createInterface({ input: child.stdout }).on('line', (line) => {
    const told = parseJson(line) as { progress: number } | ImportedRun | undefined
    // A process that is killed may end within a line.
    if (told === undefined) return
    if ('progress' in told) onProgress(told.progress)
    else imported = told
  })
  child.stderr.on('data', (bytes: Buffer) => {
    said = (said + bytes.toString('utf8')).slice(-MAX_SAID)
  })
  try {
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', () => {
        resolve()
      })
    })
  } finally {
    signal.removeEventListener('abort', cancel)
  }
  signal.throwIfAborted()
  if (imported !== undefined) return imported
  throw new UserError(said.replace(/^tapedeck: /, '').trim() || `${file} could not be imported.`, 'import_failed')
}
