/** The trajectories of a run's result files, for its panel. */
import { findNamedFile } from '../../node/launch/outputFile'
import { listTrajectories, readTrajectory } from '../../node/launch/trajectoryFile'
import { UserError } from '../../shared/userError'
import { workspaceFolders } from '../launch/launchable'
import type { BridgeActions, BridgeRun } from '../../core/panel/bridge'

export function trajectoryActions(
  run: Pick<BridgeRun, 'info'>,
): Pick<BridgeActions, 'listTrajectories' | 'getTrajectory'> {
  return {
    listTrajectories: async (name) => listTrajectories(await findFile(name, run.info.cwd)),
    getTrajectory: async (name, line) => readTrajectory(await findFile(name, run.info.cwd), line),
  }
}

/** The page shows what strangers wrote: it may ask for result files, and for nothing else that lies about. */
function findFile(name: string, cwd: string | undefined): Promise<string> {
  if (!/\.jsonl$/i.test(name)) throw new UserError(`${name} is no file of trajectories (*.jsonl).`, 'no_trajectories')
  return findNamedFile(name, [...(cwd === undefined ? [] : [cwd]), ...workspaceFolders().map(({ path }) => path)])
}
