/** Says once a session that the disk is nearly full while something is recorded on it. */
import path from 'node:path'
import * as vscode from 'vscode'
import { diskSpace, isNearlyFull } from '../../node/machine/diskSpace'
import { formatBytes } from '../../shared/lib/format'
import { commands } from '../../shared/manifest'
import type { Container } from '../container'
import { errorText } from '../userMessages'
import { revealFolder } from '../revealFolder'

const LOOK_MS = 60_000
const REMOVE = 'Remove Old Runs…'
const SHOW = 'Show Folder'

export function registerDiskWarning({ context, log, runs }: Container): void {
  let wasTold = false
  const look = async (): Promise<void> => {
    const folders = new Set(runs.active.map((session) => path.dirname(session.path)))
    for (const folder of folders) {
      if (wasTold) return
      const space = await diskSpace(folder)
      if (space === undefined || !isNearlyFull(space)) continue
      wasTold = true
      const text = `The disk that runs are recorded on is nearly full: ${formatBytes(space.freeBytes)} free (${folder}). When it is full, a launched command goes on, but what it prints is lost.`
      log.warn(text)
      const choice = await vscode.window.showWarningMessage(text, REMOVE, SHOW)
      if (choice === REMOVE) await vscode.commands.executeCommand(commands.removeOldRuns)
      if (choice === SHOW) await revealFolder(folder)
    }
  }
  const lookNow = (): void => {
    look().catch((error: unknown) => {
      log.warn(`looking for room on the disk: ${errorText(error)}`)
    })
  }
  const timer = setInterval(lookNow, LOOK_MS)
  const stop = runs.onDidStart(lookNow)
  context.subscriptions.push({
    dispose: () => {
      clearInterval(timer)
      stop()
    },
  })
}
