import { createRequire } from 'node:module'
import path from 'node:path'
import process from 'node:process'
import { rowOf } from '../../core/rows'
import { parseEventLine } from '../../node/runlog/eventLine'
import { settingDefaults } from '../../shared/manifest'
import { UserError } from '../../shared/userError'
import { recordCapture } from '../capture'
import type { Recording } from '../record'
import { logDirectory, parse, seconds } from './arguments'
import type { Command } from './command'

const form =
  'capture [--prompt TEXT] [--url URL | --demo [--scenario NAME]] [--headless] [--browser PATH] [--cdp URL] [--profile DIR] [--timeout S] [--web-search auto|on|off] [--bodies streams|none|all]'

const options = {
  prompt: { type: 'string' },
  url: { type: 'string' },
  demo: { type: 'boolean' },
  scenario: { type: 'string' },
  headless: { type: 'boolean' },
  browser: { type: 'string' },
  cdp: { type: 'string' },
  profile: { type: 'string' },
  timeout: { type: 'string' },
  'web-search': { type: 'string' },
  bodies: { type: 'string' },
} as const

export const captureCommand: Command = {
  form,
  purpose: 'Opens a chat in a browser, records what it searches and answers.',
  async run(args) {
    const { values } = parse(args, options, form)
    if (values.demo === true && values.url !== undefined) {
      throw new UserError(`--demo and --url exclude each other.\nUsage: tapedeck ${form}`, 'bad_arguments', 'bad_input')
    }
    const webSearch = oneOf('web-search', values['web-search'] ?? settingDefaults['capture.webSearch'], [
      'auto',
      'on',
      'off',
    ])
    const bodies = oneOf('bodies', values.bodies ?? settingDefaults['capture.bodies'], ['streams', 'none', 'all'])
    const timeoutMs = 1000 * seconds(values.timeout, settingDefaults['capture.timeoutSeconds'], 'timeout')
    const demo = values.demo === true ? await startDemo(values.scenario) : undefined
    const prompt = values.prompt ?? (demo === undefined ? undefined : 'What changed on the river this week?')
    try {
      const recording = recordCapture(
        {
          logDirectory: logDirectory(values.dir),
          url: demo?.url ?? values.url ?? settingDefaults['capture.url'],
          headless: values.headless ?? false,
          timeoutMs,
          webSearch,
          bodies,
          ...(prompt === undefined ? {} : { prompt }),
          ...(values.browser === undefined ? {} : { browserPath: values.browser }),
          ...(values.cdp === undefined ? {} : { cdpUrl: values.cdp }),
          ...(values.profile === undefined ? {} : { profileDir: path.resolve(values.profile) }),
        },
        {
          onEvents: (lines) => {
            print(lines, values.json === true)
          },
          log: (message) => process.stderr.write(`tapedeck: ${message}\n`),
        },
      )
      return await untilEnd(recording)
    } finally {
      await demo?.close()
    }
  },
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((word) => word === value)
  if (found === undefined) {
    throw new UserError(
      `--${name} takes ${allowed.join(', ')}, not ${JSON.stringify(value)}.`,
      'bad_arguments',
      'bad_input',
    )
  }
  return found
}

/** The first Ctrl-C asks politely, the second ends the browser at once. */
async function untilEnd(recording: Recording): Promise<number> {
  let asked = false
  const stop = (): void => {
    recording.stop(asked ? 'force' : 'polite')
    asked = true
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  // The terminal was closed.
  process.on('SIGHUP', stop)
  try {
    const result = await recording.result
    process.stderr.write(`${result.status}: ${String(result.eventCount)} events in ${result.path}\n`)
    if (result.error !== undefined) process.stderr.write(`tapedeck: ${result.error}\n`)
    return result.status === 'completed' ? 0 : 1
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
    process.off('SIGHUP', stop)
  }
}

/** A body or an answer may be long: a terminal shows its beginning, the log holds all of it. */
const MAX_TEXT = 240

function print(lines: readonly string[], json: boolean): void {
  let text = ''
  for (const line of lines) {
    if (json) text += `${line}\n`
    else {
      const event = parseEventLine(line)
      if (event === undefined) continue
      const row = rowOf(event.seq, event)
      text += `${event.timestamp.slice(11, 23)} ${row.phase.padEnd(15)} ${shorten(row.text)}\n`
    }
  }
  process.stdout.write(text)
}

function shorten(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
}

interface DemoModule {
  readonly startDemoSite: (options: { scenario?: string }) => Promise<{ url: string; close(): Promise<void> }>
}

/** The demo chat site is a bundle of its own beside this one. */
function startDemo(scenario: string | undefined): Promise<{ url: string; close(): Promise<void> }> {
  const load = createRequire(__filename)
  const { startDemoSite } = load('./demo.js') as DemoModule
  return startDemoSite(scenario === undefined ? {} : { scenario })
}
