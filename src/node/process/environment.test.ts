import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { captureMarker, commandEnvironment, withoutDebugger, type EnvironmentOptions } from './environment'

const made = (base: NodeJS.ProcessEnv, more: Partial<EnvironmentOptions> = {}): Record<string, string> => {
  const { TAPEDECK_CAPTURE_ID, ...rest } = commandEnvironment({
    captureId: 'run-1',
    env: {},
    unbuffered: false,
    platform: 'linux',
    base,
    ...more,
  })
  assert.equal(TAPEDECK_CAPTURE_ID, 'run-1')
  return rest
}

describe('the environment of a command', () => {
  it('holds nothing of the editor and of ours, and all that is the person’s', () => {
    const own = {
      PATH: '/bin',
      HOME: '/home/a',
      NODE_ENV: 'test',
      NODE_PATH: '/x',
      ELECTRONIC: '1',
      MY_VSCODE_DIR: '1',
      SNAP_FILE: 'a snapshot',
      GIT_ASKPASS: '/usr/bin/ksshaskpass',
      BROWSER: 'firefox',
      CODE_SERVER_CONFIG: '/etc/code-server.yaml',
      EMPTY: '',
    }
    const left = {
      ELECTRON_RUN_AS_NODE: '1',
      ELECTRON_NO_ATTACH_CONSOLE: '1',
      VSCODE_PID: '1',
      VSCODE_IPC_HOOK_CLI: '/run/x',
      VSCODE_INSPECTOR_OPTIONS: '{}',
      TAPEDECK_CAPTURE_ID: 'another',
      TAPEDECK_ANY: '1',
      NODE_CHANNEL_FD: '3',
      NODE_CHANNEL_SERIALIZATION_MODE: 'json',
      NODE_UNIQUE_ID: '1',
      CHROME_DESKTOP: 'code.desktop',
      APPLICATIONINSIGHTS_CONFIGURATION_CONTENT: '{}',
      APPLICATION_INSIGHTS_NO_DIAGNOSTIC_CHANNEL: '1',
      CODE_SERVER_PARENT_PID: '1',
      CODE_SERVER_SESSION_SOCKET: '/x',
    }
    assert.deepEqual(made({ ...left, ...own }), own)
  })

  it('leaves helpers that only the editor can serve', () => {
    const helpers = {
      GIT_ASKPASS: '/usr/share/code/resources/app/extensions/git/dist/askpass.sh',
      SSH_ASKPASS: 'C:\\Code\\extensions\\git\\dist\\ssh-askpass.sh',
      BROWSER: '/vscode/bin/linux-x64/abc/bin/helpers/browser.sh',
    }
    assert.deepEqual(made(helpers), {})
  })

  it('gives back what the editor’s snap has changed', () => {
    const snap = {
      SNAP: '/snap/code/1',
      SNAP_NAME: 'code',
      SNAP_USER_DATA: '/x',
      GTK_PATH: '/snap/code/1/gtk',
      GTK_PATH_VSCODE_SNAP_ORIG: '',
      XDG_DATA_DIRS: '/snap/code/1/share',
      XDG_DATA_DIRS_VSCODE_SNAP_ORIG: '/usr/share',
    }
    assert.deepEqual(made(snap), { XDG_DATA_DIRS: '/usr/share' })
    const other = { SNAP: '/snap/mine/1', SNAP_NAME: 'mine' }
    assert.deepEqual(made(other), other)
  })

  it('takes the debugger out of NODE_OPTIONS and nothing else', () => {
    const bootloader = '"/Applications/Visual Studio Code.app/x/ms-vscode.js-debug/src/bootloader.js"'
    const cases: [string, string][] = [
      [`--require ${bootloader} --inspect-publish-uid=http`, ''],
      [` --require ${bootloader}  --inspect-publish-uid=http --max-old-space-size=4096`, '--max-old-space-size=4096'],
      [`--require "./my file.js" -r ${bootloader}`, '--require "./my file.js"'],
      [`--require=/x/js-debug/src/bootloader.bundle.js --no-warnings`, '--no-warnings'],
      ['-r C:\\code\\ms-vscode.js-debug\\src\\bootloader.js', ''],
      ['--require ./bootloader.js', '--require ./bootloader.js'],
      ['--inspect-publish-uid=http  --inspect', '--inspect-publish-uid=http  --inspect'],
      ['', ''],
      ['"never closed', '"never closed'],
    ]
    for (const [before, after] of cases) assert.equal(withoutDebugger(before), after)
    assert.deepEqual(made({ NODE_OPTIONS: `--require ${bootloader}` }), {})
    assert.deepEqual(made({ NODE_OPTIONS: '--no-warnings' }), { NODE_OPTIONS: '--no-warnings' })
    const hostile = '"\\'.repeat(200_000)
    const began = process.hrtime.bigint()
    withoutDebugger(`js-debug/bootloader.js ${hostile}`)
    assert.ok(process.hrtime.bigint() - began < 1_000_000_000n)
  })

  it('has the configuration’s variables over ours, and null takes one away', () => {
    const env = { A: 'theirs', B: null, C: '', MISSING: null, VSCODE_MINE: '1', TAPEDECK_CAPTURE_ID: 'x' }
    assert.deepEqual(made({ A: 'ours', B: '1', D: '2' }, { env }), { A: 'theirs', C: '', D: '2', VSCODE_MINE: '1' })
  })

  it('makes programs print at once and in colour, where nobody said otherwise', () => {
    const unbuffered = true
    const both = { PYTHONUNBUFFERED: '1', FORCE_COLOR: '1' }
    assert.deepEqual(made({}, { unbuffered }), both)
    assert.deepEqual(made({ FORCE_COLOR: '0' }, { unbuffered }), { ...both, FORCE_COLOR: '0' })
    assert.deepEqual(made({ PYTHONUNBUFFERED: '' }, { unbuffered }), { ...both, PYTHONUNBUFFERED: '' })
    assert.deepEqual(made({ NO_COLOR: '1' }, { unbuffered }), { PYTHONUNBUFFERED: '1', NO_COLOR: '1' })
    assert.deepEqual(made({ NO_COLOR: '' }, { unbuffered }), { ...both, NO_COLOR: '' })
    assert.deepEqual(made({}, { unbuffered, env: { NO_COLOR: '1' } }), { PYTHONUNBUFFERED: '1', NO_COLOR: '1' })
    assert.deepEqual(made({ FORCE_COLOR: '3' }, { unbuffered, env: { FORCE_COLOR: null, PYTHONUNBUFFERED: null } }), {})
  })

  it('has one variable of a name on Windows, however it is written', () => {
    const base = { Path: 'C:\\x', electron_run_as_node: '1', Vscode_Pid: '1' }
    const env = { PATH: 'C:\\y', path: 'C:\\z' }
    assert.deepEqual(made(base, { platform: 'win32', env }), { Path: 'C:\\z' })
    assert.deepEqual(made({ Path: '1', PATH: '2' }), { Path: '1', PATH: '2' })
    assert.deepEqual(
      made({}, { platform: 'win32', unbuffered: true, env: { force_color: null, PythonUnbuffered: '0' } }),
      {
        PythonUnbuffered: '0',
      },
    )
  })

  it('survives names that objects have by birth', () => {
    const base = Object.fromEntries([
      ['constructor', '1'],
      ['toString', '2'],
    ])
    assert.deepEqual(made(base), base)
  })

  it('reaches a real process with its mark', () => {
    const base = { ...process.env, PYTHONUNBUFFERED: undefined }
    const env = commandEnvironment({ captureId: 'run-1', env: { A: 'x' }, unbuffered: true, base })
    const script =
      'console.log(JSON.stringify([process.env.A, process.env.TAPEDECK_CAPTURE_ID, process.env.PYTHONUNBUFFERED]))'
    const { stdout } = spawnSync(process.execPath, ['-e', script], { env })
    assert.deepEqual(JSON.parse(stdout.toString()), ['x', 'run-1', '1'])
    assert.equal(captureMarker('run-1'), 'TAPEDECK_CAPTURE_ID=run-1')
  })
})
