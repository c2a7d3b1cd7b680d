import { claimLostRuns } from '../node/control/registry'
import { closeLostLog } from '../node/runlog/recovery'
import { UserError } from '../shared/userError'

/** Closes the logs of all lost runs. Returns their ids; a log that can't be closed is told by `onProblem`. */
export async function recoverLostRuns(onProblem: (message: string) => void = () => undefined): Promise<string[]> {
  const closed: string[] = []
  for (const claim of claimLostRuns()) {
    try {
      await closeLostLog(claim)
      closed.push(claim.entry.capture_id)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      onProblem(error.message)
    }
  }
  return closed
}
