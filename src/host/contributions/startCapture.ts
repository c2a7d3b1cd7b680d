/** Start Live Capture: asks for a prompt, starts a runner, opens the panel. */
import * as vscode from 'vscode'
import { settledFocus } from '../settledFocus'
import { z } from 'zod'
import { listEntries, livenessOf } from '../../node/control/registry'
import { startRunner } from '../../node/runnerProcess'
import { commands } from '../../shared/manifest'
import { UserError } from '../../shared/userError'
import type { Container } from '../container'
import { defaultLogDirectory } from '../logDirectories'
import { requireTrust } from '../trust'
import { registerCommand } from '../userMessages'

const argumentSchema = z.object({
  prompt: z.string().optional(),
  url: z.string().optional(),
  headless: z.boolean().optional(),
})
type CaptureArgument = z.infer<typeof argumentSchema>

export function registerStartCapture(container: Container): void {
  const { context, log } = container
  registerCommand(context, log, commands.startLiveCapture, async (argument) => {
    if (!(await requireTrust('A capture opens a browser'))) return undefined
    const given = argument === undefined ? await ask() : parseArgument(argument)
    return given === undefined ? undefined : start(container, given)
  })
}

function parseArgument(argument: unknown): CaptureArgument {
  const result = argumentSchema.safeParse(argument)
  if (result.success) return result.data
  throw new UserError(
    `${commands.startLiveCapture} takes {prompt?, url?, headless?}: ${z.prettifyError(result.error)}`,
    'bad_arguments',
    'bad_input',
  )
}

async function ask(): Promise<CaptureArgument | undefined> {
  await settledFocus()
  const prompt = await vscode.window.showInputBox({
    title: 'Start Live Capture',
    prompt: 'Enter starts the capture. Leave it empty to type in the browser yourself.',
    placeHolder: 'What do you want to ask?',
    ignoreFocusOut: true,
  })
  if (prompt === undefined) return undefined
  return prompt.trim() === '' ? {} : { prompt }
}

async function start(container: Container, given: CaptureArgument): Promise<{ capture_id: string } | undefined> {
  const { context, settings, runs } = container
  const browserPath = settings.get('capture.browser')
  const cdpUrl = settings.get('capture.cdpUrl')
  const request = {
    kind: 'capture',
    logDirectory: defaultLogDirectory(settings, context),
    url: given.url ?? settings.get('capture.url'),
    headless: given.headless ?? settings.get('capture.headless'),
    timeoutMs: settings.get('capture.timeoutSeconds') * 1000,
    webSearch: settings.get('capture.webSearch'),
    bodies: settings.get('capture.bodies'),
    ...(given.prompt === undefined ? {} : { prompt: given.prompt }),
    ...(browserPath === '' ? {} : { browserPath }),
    ...(cdpUrl === '' ? {} : { cdpUrl }),
  }
  const starting = { location: vscode.ProgressLocation.Window, title: 'Starting capture' }
  try {
    const entry = await vscode.window.withProgress(starting, async () =>
      startRunner(await container.runnerScript(), request),
    )
    await runs.refresh()
    await container.panels?.open(entry.log_path)
    return { capture_id: entry.capture_id }
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'profile_in_use') throw error
    await offerRunning(container, error.message)
    return undefined
  }
}

/** One capture at a time per profile: the person may look at the one that is running, or stop it. */
async function offerRunning(container: Container, message: string): Promise<void> {
  const running = listEntries().find(
    (entry) => entry.kind === 'capture' && message.includes(entry.capture_id) && livenessOf(entry).state === 'live',
  )
  if (running === undefined) {
    void vscode.window.showWarningMessage(message)
    return
  }
  const choice = await vscode.window.showWarningMessage(message, 'Show It', 'Stop It')
  if (choice === 'Show It') await container.panels?.open(running.log_path)
  if (choice === 'Stop It') {
    const session = await container.runs.acquire(running.log_path)
    try {
      await session.stop('polite')
    } finally {
      container.runs.release(session)
    }
  }
}
