/**
 * The detached runner: reads what to record from standard input, says one line on standard output when the run can be
 * reached (or why it can't start), and then records until it is over. It outlives the editor that started it.
 */
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { explainLimit } from '../node/machine/openFiles'
import { UserError } from '../shared/userError'
import { recoverLostRuns } from './recover'
import { recordCapture, type CaptureRequest } from './capture'
import { recordFollow } from './follow'
import { recordLaunch } from './launch'
import type { RegistryEntry } from '../shared/control'
import type { FollowRequest } from '../shared/follow'
import type { LaunchRequest } from '../shared/launch'
import type { RunnerAnswer } from '../node/runnerProcess'

function answer(message: RunnerAnswer): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

async function main(): Promise<void> {
  // The starter may be gone at any time: nobody reads these any more then.
  process.stdout.on('error', () => undefined)
  process.stderr.on('error', () => undefined)
  process.on('SIGHUP', () => undefined)
  if (process.argv[2] === 'recover') {
    await recoverLostRuns()
    return
  }
  const request = JSON.parse(await text(process.stdin)) as CaptureRequest | FollowRequest | LaunchRequest
  const started = (entry: RegistryEntry): void => {
    answer({ type: 'started', entry })
  }
  const recording =
    request.kind === 'launch'
      ? recordLaunch(request, { onStarted: started })
      : request.kind === 'follow'
        ? recordFollow(request, { onReady: started })
        : recordCapture(request, { onStarted: started })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      recording.stop('polite')
    })
  }
  const result = await recording.result
  process.exitCode = result.status === 'completed' ? 0 : 1
}

main()
  .catch((thrown: unknown) => {
    const error = explainLimit(thrown)
    if (error instanceof UserError) answer({ type: 'refused', message: error.message, code: error.code })
    else
      answer({
        type: 'refused',
        message: `The recorder failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        code: 'defect',
      })
    process.exitCode = 1
  })
  .finally(() => {
    // Nothing of a run is open any more; a library's stray handle must not keep the process.
    setTimeout(() => process.exit(), 1000).unref()
  })
