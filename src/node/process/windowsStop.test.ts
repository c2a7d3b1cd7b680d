import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import {
  consoleEventArguments,
  stopOnWindows,
  windowsSystem,
  type WindowsStopOptions,
  type WindowsSystem,
} from './windowsStop'

const root = { pid: 4711, start: '133700000000000000' }

/** A Windows whose command ends at what `endsAt` says; its clock goes on when somebody waits. */
function invented(endsAt?: 'stdin' | 'event' | 'taskkill', taskkill = { code: 0, output: 'SUCCESS' }) {
  let now = 0
  let lives = true
  const said: string[] = []
  let tell: (value: undefined) => void
  const exited = new Promise<undefined>((resolve) => (tell = resolve))
  const end = (): void => {
    lives = false
    tell(undefined)
  }
  const waits: number[] = []
  const timers: (() => void)[] = []
  const system: WindowsSystem = {
    closeStdin() {
      said.push('stdin')
      if (endsAt === 'stdin') end()
    },
    run(program, args) {
      said.push(program)
      if (program === 'powershell.exe' && endsAt === 'event') end()
      if (program === 'taskkill.exe') {
        said.push(args.join(' '))
        if (endsAt === 'taskkill') end()
        return Promise.resolve(taskkill)
      }
      return Promise.resolve({ code: 0, output: '' })
    },
    isAlive: (asked) => lives && asked.start === root.start,
    clock: {
      wall: () => now,
      monotonic: () => now,
      after(ms, action) {
        waits.push(ms)
        let cancelled = false
        const run = (): void => {
          if (cancelled) return
          now += ms
          action()
        }
        timers.push(run)
        return () => {
          cancelled = true
        }
      },
    },
  }
  const stop = async (more: Partial<WindowsStopOptions> = {}) => {
    const stopping = stopOnWindows(root, { timeoutMs: 6000, exited, ...more }, system)
    const done = stopping.then(() => true)
    while (!(await Promise.race([done, setImmediate(false)]))) timers.shift()?.()
    return stopping
  }
  return { system, said, waits, stop, end, now: () => now }
}

describe('stopping on Windows', () => {
  it('closes the input, and waits no longer when that is enough', async () => {
    const { stop, said, now } = invented('stdin')
    assert.deepEqual(await stop(), { step: 'stdin closed' })
    assert.deepEqual(said, ['stdin'])
    assert.equal(now(), 0)
  })

  it('asks by a console event after a second', async () => {
    const { stop, said, now } = invented('event')
    assert.deepEqual(await stop(), { step: 'console event' })
    assert.deepEqual(said, ['stdin', 'powershell.exe'])
    assert.equal(now(), 1000)
  })

  it('ends the whole tree when the time is over', async () => {
    const { stop, said, waits } = invented('taskkill')
    const steps: string[] = []
    assert.deepEqual(await stop({ onStep: (step) => steps.push(step) }), { step: 'taskkill' })
    assert.deepEqual(steps, ['stdin closed', 'console event', 'taskkill'])
    assert.deepEqual(said, ['stdin', 'powershell.exe', 'taskkill.exe', '/T /F /PID 4711'])
    assert.deepEqual(waits.slice(0, 2), [1000, 5000])
  })

  it('does so at once where it is forced', async () => {
    const before = invented('taskkill')
    assert.deepEqual(await before.stop({ force: AbortSignal.abort() }), { step: 'taskkill' })
    assert.deepEqual(before.said, ['taskkill.exe', '/T /F /PID 4711'])

    const during = invented('taskkill')
    const force = new AbortController()
    const onStep = (step: string): void => {
      if (step === 'console event') force.abort()
    }
    assert.deepEqual(await during.stop({ force: force.signal, onStep }), { step: 'taskkill' })
    assert.equal(during.now(), 1000)

    const none = invented('taskkill')
    assert.deepEqual(await none.stop({ timeoutMs: 0 }), { step: 'taskkill' })
    assert.equal(none.now(), 0)
  })

  it('hits nobody else when the command has ended before', async () => {
    const { stop, said, end } = invented()
    end()
    assert.deepEqual(await stop(), {})
    assert.deepEqual(said, [])
  })

  it('says why somebody still lives', async () => {
    const denied = invented(undefined, { code: 1, output: 'ERROR: Access is denied.\r\n' })
    assert.deepEqual(await denied.stop(), { step: 'taskkill', problem: 'ERROR: Access is denied.' })
    const silent = invented(undefined, { code: -1, output: '' })
    assert.deepEqual((await silent.stop()).problem, 'taskkill ended with code -1')
    const gone = invented(undefined, { code: 128, output: 'ERROR: The process "4711" not found.' })
    assert.deepEqual(await gone.stop(), { step: 'taskkill' })
  })

  it('sends the event to the console of the command', () => {
    const encoded = consoleEventArguments(4711).at(-1) ?? ''
    const script = Buffer.from(encoded, 'base64').toString('utf16le')
    assert.match(script, /AttachConsole\(4711\)/)
    assert.match(script, /GenerateConsoleCtrlEvent\(0, 0\)/)
  })

  it('runs programs of the machine and never rejects', async () => {
    const system = windowsSystem(() => undefined)
    assert.deepEqual(await system.run(process.execPath, ['-e', 'console.log(1); process.exitCode = 7']), {
      code: 7,
      output: '1\n',
    })
    assert.equal((await system.run('/no/such/program', [])).code, -1)
  })
})
