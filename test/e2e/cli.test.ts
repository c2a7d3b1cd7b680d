import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startDemoSite, type DemoSite } from '../../demo/site/site'

declare const __PROJECT_ROOT__: string

interface Result {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** The command line as a person types it, with state, profile and logs of its own. */
describe('the command line', () => {
  let home: string
  let site: DemoSite
  const children = new Set<ChildProcess>()

  const begin = (args: readonly string[], shell?: string, more: Readonly<Record<string, string>> = {}) => {
    const cli = [path.join(__PROJECT_ROOT__, 'dist', 'cli.js'), ...args]
    const env = {
      ...process.env,
      XDG_STATE_HOME: path.join(home, 'state'),
      XDG_DATA_HOME: path.join(home, 'data'),
      ...more,
    }
    const child =
      shell === undefined
        ? spawn(process.execPath, cli, { cwd: home, env })
        : spawn('bash', ['-c', `${shell}; exec "$0" "$@"`, process.execPath, ...cli], { cwd: home, env })
    children.add(child)
    let out = ''
    let err = ''
    const watchers = new Set<() => void>()
    child.stdout.on('data', (bytes: Buffer) => {
      out += bytes.toString()
      for (const watcher of watchers) watcher()
    })
    child.stderr.on('data', (bytes: Buffer) => (err += bytes.toString()))
    const result = new Promise<Result>((resolve) => {
      child.on('close', (code) => {
        children.delete(child)
        resolve({ code, out, err })
      })
    })
    const says = (text: string) =>
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (!out.includes(text)) return
          watchers.delete(look)
          resolve()
        }
        watchers.add(look)
        look()
      })
    return { child, result, says }
  }
  const tapedeck = (...args: string[]): Promise<Result> => begin(args).result
  const capture = (scenario: string, ...more: string[]): Promise<Result> =>
    tapedeck(
      'capture',
      '--headless',
      '--json',
      '--prompt',
      'a river',
      '--url',
      `${site.url}?scenario=${scenario}`,
      ...more,
    )
  const logs = (folder = path.join(home, '.tapedeck')): string[] =>
    readdirSync(path.join(folder, 'runs'))
      .sort()
      .map((name) => path.join(folder, 'runs', name))
  const text = (out: string): string => {
    let answer = ''
    for (const line of out.trim().split('\n')) {
      const { phase, data } = JSON.parse(line) as { phase: string; data: { text: string; rewrite?: boolean } }
      if (phase === 'assistant_delta') answer = data.rewrite === true ? data.text : answer + data.text
    }
    return answer
  }

  before(async () => {
    home = mkdtempSync(path.join(tmpdir(), 'tapedeck-cli-'))
    site = await startDemoSite({ speed: 4 })
  })

  after(async () => {
    for (const child of children) child.kill('SIGKILL')
    await site.close()
    rmSync(home, { recursive: true, force: true })
  })

  for (const scenario of ['search', 'websocket', 'allcarriers', 'cut', 'huge']) {
    it(`records each event of the turn once: ${scenario}`, async () => {
      const { code, out } = await capture(scenario)
      assert.equal(code, 0)
      const events = out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { phase: string; data: Record<string, unknown> })
      const count = (phase: string): number => events.filter((event) => event.phase === phase).length
      assert.deepEqual(
        { queries: count('search_query'), results: count('search_result'), citations: count('citation') },
        { queries: 5, results: 7, citations: 12 },
      )
      assert.match(text(out), /^You asked: “a river”.*fish back\.$/s)
      const log = logs().at(-1) ?? ''
      assert.equal((await tapedeck('check', log)).code, 0)
    })
  }

  for (const [scenario, code] of [
    ['ratelimit', 'rate_limited'],
    ['streamerror', 'demo_generation_failed'],
    ['moderation', 'moderation_blocked'],
  ] as const) {
    it(`fails with one clear message: ${scenario}`, async () => {
      const { code: exit, out, err } = await capture(scenario)
      assert.equal(exit, 1)
      assert.match(err, /^tapedeck: \S.+$/m)
      assert.ok(out.includes(`"code":"${code}"`))
      assert.equal((await tapedeck('check', logs().at(-1) ?? '')).code, 0)
    })
  }

  it('writes no secret to the disk', async () => {
    await capture('search', '--bodies', 'all')
    const log = readFileSync(logs().at(-1) ?? '', 'utf8')
    for (const shape of [
      /eyJ[A-Za-z0-9_-]{10}/,
      /verify=(?!\[redacted)/,
      /"(?:authorization|cookie|set-cookie|x-conduit-token)":"(?!\[redacted)/i,
      /accessToken\\*":\\*"(?!\[redacted)/,
    ]) {
      assert.doesNotMatch(log, shape)
    }
    const { metadata } = JSON.parse(log) as { metadata: { redacted: Record<string, number> } }
    assert.ok(Object.keys(metadata.redacted).length > 0)
  })

  it('lists, shows, exports and deletes what it recorded', async () => {
    const id = path.basename(logs().at(-1) ?? '', '.json')
    assert.ok((await tapedeck('ls')).out.includes(id))
    assert.match((await tapedeck('show', id)).out, /fish back/)
    const har = JSON.parse((await tapedeck('export', id, '--format', 'har')).out) as {
      log: { entries: { request: { url: string } }[] }
    }
    assert.ok(har.log.entries.some(({ request }) => request.url.endsWith('/backend-api/f/conversation')))
    const csv = (await tapedeck('export', id, '--format', 'csv')).out.split('\r\n')
    assert.equal(csv.length, 1 + 5 + 7 + 1)
    const ndjson = (await tapedeck('export', id, '--format', 'ndjson')).out.trim().split('\n')
    assert.equal((JSON.parse(ndjson.at(-1) ?? '') as { phase: string }).phase, 'completion')
    const page = path.join(home, 'run.html')
    const shared = await tapedeck('export', id, '--format', 'html', '--out', page)
    assert.match(shared.err, /^tapedeck: [\d,]+ secrets? w.* redacted /)
    assert.match(readFileSync(page, 'utf8').slice(0, 200), /^<!DOCTYPE html>/)
    await tapedeck('export', id, '--format', 'har', '--out', path.join(home, 'run.har'))
    const again = await tapedeck('import', path.join(home, 'run.har'))
    assert.equal(again.code, 0, again.err)
    assert.match((await tapedeck('show', again.out.split(' ')[0] ?? '')).out, /fish back/)
    assert.equal((await tapedeck('import', page)).code, 2)
    assert.equal((await tapedeck('rm', id)).code, 0)
    assert.ok(!(await tapedeck('ls')).out.includes(id))
  })

  it('stops a run politely, and refuses a second capture meanwhile', async () => {
    const first = begin(['capture', '--headless', '--json', '--prompt', 'x', '--url', `${site.url}?scenario=slow`])
    await first.says('tick-00001')
    const id = path.basename(logs().at(-1) ?? '', '.json')
    const second = await capture('search')
    assert.equal(second.code, 1)
    assert.match(second.err, new RegExp(`^tapedeck: The capture ${id} is using.*One capture at a time`))
    assert.equal((await tapedeck('check', logs().at(-1) ?? '')).out.includes('still being recorded'), true)
    assert.equal((await tapedeck('stop', id)).code, 0)
    const { code } = await first.result
    assert.equal(code, 1)
    assert.match((await tapedeck('ls')).out, new RegExp(`${id} +aborted`))
  })

  it('closes the log of a killed recorder', async () => {
    const { child, says, result } = begin([
      'capture',
      '--headless',
      '--json',
      '--prompt',
      'x',
      '--url',
      `${site.url}?scenario=slow`,
    ])
    await says('tick-00002')
    child.kill('SIGKILL')
    await result
    const log = logs().at(-1) ?? ''
    assert.equal((await tapedeck('check', log)).code, 1)
    assert.match((await tapedeck('ls')).out, /aborted/)
    assert.equal((await tapedeck('check', log)).code, 0)
    const { events, metadata } = JSON.parse(readFileSync(log, 'utf8')) as {
      events: { data: { code?: string } }[]
      metadata: { status: string }
    }
    assert.equal(metadata.status, 'aborted')
    assert.equal(events.at(-1)?.data.code, 'recorder_lost')
  })

  it('goes on recording when nobody reads its events any more', async () => {
    const args = ['capture', '--headless', '--json', '--prompt', 'a river', '--url', `${site.url}?scenario=search`]
    const { code } = await begin(args, 'exec > >(head -1 >/dev/null)').result
    assert.equal(code, 0)
    const [log] = logs()
    assert.ok(log !== undefined)
    const checked = await tapedeck('check', log)
    assert.equal(checked.code, 0, checked.out)
    assert.ok(Number.parseInt(checked.out, 10) > 50, checked.out)
  })

  it('tells what is wrong with an argument in one line', async () => {
    const scenario = await tapedeck('capture', '--demo', '--headless', '--scenario', 'nope')
    assert.equal(scenario.code, 2)
    assert.equal(scenario.err.trim().split('\n').length, 1, scenario.err)
    const folder = await tapedeck('capture', '--demo', '--headless', '--dir', '/proc/x')
    assert.equal(folder.code, 2)
    assert.match(folder.err, /\/proc\/x can't be made/)
    const help = await tapedeck('rm', '--help')
    assert.equal(help.code, 0)
    assert.match(help.out, /tapedeck rm ID/)
    for (const command of ['follow', 'parse', 'ls'])
      assert.match((await tapedeck(command, '--help')).out, /--json \(one object a line\)/, command)
    const short = await tapedeck('rm', '2026')
    assert.equal(short.code, 2)
  })

  it('records in a visible browser', async function () {
    // Only Linux can have a display without a screen, and the set-up brings it on Debian.
    if (!existsSync('/usr/bin/Xvfb')) return this.skip()
    const screen = spawn('/usr/bin/Xvfb', ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    })
    children.add(screen)
    const pipe = screen.stdio[3] as NodeJS.ReadableStream
    const display = await new Promise<string>((resolve) => {
      pipe.once('data', (bytes: Buffer) => {
        resolve(bytes.toString().trim())
      })
    })
    const args = ['capture', '--json', '--prompt', 'a river', '--url', `${site.url}?scenario=search`]
    const { code, out } = await begin(args, undefined, { DISPLAY: `:${display}` }).result
    screen.kill()
    assert.equal(code, 0)
    assert.ok(!out.includes('headless_fallback'))
    const { metadata } = JSON.parse(readFileSync(logs().at(-1) ?? '', 'utf8')) as { metadata: { headless: boolean } }
    assert.equal(metadata.headless, false)
    assert.match(text(out), /fish back/)
  })

  it('keeps a readable log when the file may not grow any more', async () => {
    const folder = path.join(home, 'small')
    // The browser needs larger files of its own, so it is one that runs outside of the limit.
    const profile = path.join(home, 'attached')
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
    ]
    const browser = spawn(process.env['TAPEDECK_CHROMIUM'] ?? 'chromium', flags, {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    children.add(browser)
    const address = await new Promise<string>((resolve) => {
      let said = ''
      browser.stderr.on('data', (bytes: Buffer) => {
        said += bytes.toString()
        const found = /DevTools listening on (ws:\/\/\S+)/.exec(said)?.[1]
        if (found !== undefined) resolve(found)
      })
    })
    const args = [
      'capture',
      '--json',
      '--cdp',
      address,
      '--prompt',
      'x',
      '--url',
      `${site.url}?scenario=long`,
      '--dir',
      folder,
    ]
    const { code, err } = await begin(args, 'ulimit -f 256').result
    browser.kill('SIGKILL')
    assert.equal(code, 1)
    assert.match(err, /tapedeck: .*can't be written: the file has reached the largest size/)
    const [log = ''] = logs(folder)
    assert.equal((await tapedeck('check', log)).code, 0)
    const { metadata } = JSON.parse(readFileSync(log, 'utf8')) as { metadata: { status: string; dropped: number } }
    assert.equal(metadata.status, 'failed')
  })

  const wrong: readonly { name: string; args: () => string[]; code: number; message: RegExp }[] = [
    {
      name: 'an unreachable page',
      args: () => ['capture', '--headless', '--prompt', 'x', '--url', 'http://127.0.0.1:9/'],
      code: 1,
      message: /127\.0\.0\.1:9\/ can't be opened: \S/,
    },
    {
      name: 'no address',
      args: () => ['capture', '--headless', '--url', 'chat'],
      code: 2,
      message: /"chat" is no web address/,
    },
    {
      name: 'a browser that is not there',
      args: () => ['capture', '--headless', '--demo', '--browser', '/nowhere/chrome'],
      code: 3,
      message: /no browser at \/nowhere\/chrome/,
    },
    {
      name: 'an invalid CDP address',
      args: () => ['capture', '--demo', '--cdp', 'nonsense'],
      code: 2,
      message: /"nonsense" is no address of a browser/,
    },
    {
      name: 'a CDP address where nobody answers',
      args: () => ['capture', '--demo', '--cdp', 'http://127.0.0.1:9'],
      code: 1,
      message: /No browser answers at http:\/\/127\.0\.0\.1:9/,
    },
    {
      name: 'an id that leads elsewhere',
      args: () => ['show', '../../../etc/passwd'],
      code: 2,
      message: /is not the id of a run/,
    },
    {
      name: 'an id that leads elsewhere, to delete',
      args: () => ['rm', '../x'],
      code: 2,
      message: /is not the id of a run/,
    },
    {
      name: 'a run that is not there',
      args: () => ['show', '2020-01-01T00-00-00Z-aaaaaa'],
      code: 2,
      message: /There is no run/,
    },
    { name: 'an unknown option', args: () => ['capture', '--quickly'], code: 2, message: /--quickly/ },
    { name: 'an unknown command', args: () => ['record'], code: 2, message: /no command "record"/ },
    {
      name: 'a time limit that is none',
      args: () => ['capture', '--demo', '--timeout', 'soon'],
      code: 2,
      message: /--timeout takes a number/,
    },
    {
      name: 'a log directory that is a file',
      args: () => ['capture', '--demo', '--headless', '--dir', path.join(home, 'file')],
      code: 2,
      message: /is a file/,
    },
    {
      name: 'an unknown export format',
      args: () => ['export', 'x', '--format', 'pdf'],
      code: 2,
      message: /"pdf" is not known/,
    },
  ]
  for (const { name, args, code, message } of wrong) {
    it(`answers ${name} with one message`, async () => {
      writeFileSync(path.join(home, 'file'), '')
      const result = await tapedeck(...args())
      assert.match(result.err, message)
      assert.equal(result.code, code)
      assert.ok(!/\n\s+at /.test(result.err), 'a stack is no message')
      assert.equal(
        result.err
          .trim()
          .split('\n')
          .filter((line) => line.startsWith('tapedeck: ')).length,
        1,
      )
    })
  }

  it('reads around a damaged line', async () => {
    const folder = path.join(home, 'damaged')
    await capture('search', '--dir', folder)
    const [log = ''] = logs(folder)
    const lines = readFileSync(log, 'utf8').split('\n')
    lines[5] = `${(lines[5] ?? '').slice(0, 40)}#`
    writeFileSync(log, lines.join('\n'))
    const checked = await tapedeck('check', log)
    assert.equal(checked.code, 1)
    assert.match(checked.out, /:6: the line is no JSON object/)
    assert.match((await tapedeck('show', path.basename(log, '.json'), '--dir', folder)).out, /damaged +1 lines/)
  })

  it('leaves nothing behind when nothing could start', () => {
    mkdirSync(path.join(home, 'state'), { recursive: true })
    const active = path.join(home, 'state', 'tapedeck', 'active')
    assert.deepEqual(existsSync(active) ? readdirSync(active) : [], [])
  })
})
