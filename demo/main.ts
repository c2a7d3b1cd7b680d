/** The demo chat site on its own: `node dist/demo.js [--port N] [--scenario NAME] [--speed N]`, until Ctrl-C. */
import { parseArgs } from 'node:util'
import { UserError } from '../src/shared/userError'
import { startDemoSite } from './site/site'

function numberArgument(name: string, text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value
  throw new UserError(`--${name} must be a number, but is "${text}".`, 'bad_argument', 'bad_input')
}

function readArguments(): { port: number; scenario: string; speed: number } {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '0' },
        scenario: { type: 'string', default: 'search' },
        speed: { type: 'string', default: '1' },
      },
    })
    const port = numberArgument('port', values.port)
    if (!Number.isInteger(port) || port > 65_535) {
      throw new UserError(`--port must be between 0 and 65535, but is ${values.port}.`, 'bad_argument', 'bad_input')
    }
    return { port, scenario: values.scenario, speed: numberArgument('speed', values.speed) }
  } catch (error) {
    if (error instanceof UserError || !(error instanceof TypeError)) throw error
    throw new UserError(
      `${error.message}\nUsage: demo.js [--port N] [--scenario NAME] [--speed N]`,
      'bad_argument',
      'bad_input',
    )
  }
}

async function main(): Promise<void> {
  const site = await startDemoSite(readArguments())
  console.log(`The demo chat is at ${site.url} (Ctrl-C ends it)`)
  const stop = (): void => {
    process.removeListener('SIGINT', stop)
    process.removeListener('SIGTERM', stop)
    void site.close()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

main().catch((error: unknown) => {
  console.error(error instanceof UserError ? error.message : error)
  process.exitCode = error instanceof UserError && error.kind === 'bad_input' ? 2 : 1
})
