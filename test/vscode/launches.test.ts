import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import * as vscode from 'vscode'
import { commands, taskType } from '../../src/shared/manifest'
import { person } from './person'

interface Log {
  readonly head: Readonly<Record<string, unknown>>
  readonly events: readonly { readonly phase: string; readonly data: Readonly<Record<string, unknown>> }[]
  readonly metadata: Readonly<Record<string, unknown>>
}

const folder = (): string => {
  const found = vscode.workspace.workspaceFolders?.[0]
  assert.ok(found)
  return found.uri.fsPath
}
const logOf = (id: string): string => path.join(folder(), '.tapedeck', 'runs', `${id}.json`)
const ids = (): string[] => {
  const runs = path.join(folder(), '.tapedeck', 'runs')
  return existsSync(runs) ? readdirSync(runs).filter((name) => !name.endsWith('.notes.json')) : []
}

/** The log of a run, when it has ended. */
async function ended(id: string): Promise<Log> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline;) {
    await delay(50)
    const text = readFileSync(logOf(id), 'utf8')
    // The last line of a log that is closed; events begin with a brace or a comma.
    if (/\n\],[^\n]*\n$/.test(text.slice(-20_000))) return JSON.parse(text) as Log
  }
  throw new Error(`the run ${id} did not end: ${readFileSync(logOf(id), 'utf8').slice(-2000)}`)
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
    if (holds()) return
    await delay(20)
  }
  throw new Error(`not within 10 s: ${what}`)
}

const linesOf = ({ events }: Log): unknown[] =>
  events.filter(({ phase }) => phase === 'log_line').map(({ data }) => data['text'])

async function launch(argument: unknown): Promise<string> {
  const started = await vscode.commands.executeCommand<{ capture_id: string } | undefined>(commands.launch, argument)
  assert.ok(started, 'nothing was started')
  return started.capture_id
}

const shell = (line: string, more = {}): object => ({ command: line, shell: true, ...more })

/**
 * Starts the task of that name when the editor offers it. While it reads settings anew it may offer a task and not know
 * it a moment later ("Task not found").
 */
async function execute(label: string): Promise<vscode.TaskExecution> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline;) {
    await delay(100)
    const found = (await vscode.tasks.fetchTasks({ type: taskType })).find(({ name }) => name === label)
    if (found === undefined) continue
    try {
      return await vscode.tasks.executeTask(found)
    } catch (error) {
      if (!String(error).includes('Task not found')) throw error
    }
  }
  throw new Error(`the task ${label} is not offered`)
}

async function executeToEnd(label: string): Promise<void> {
  const over = new Promise<void>((resolve) => {
    const listening = vscode.tasks.onDidEndTask(({ execution }) => {
      if (execution.task.name !== label) return
      listening.dispose()
      resolve()
    })
  })
  await execute(label)
  await over
}

describe('launches', () => {
  const user = person()

  it('records a command that code hands over', async () => {
    const log = await ended(await launch(shell('echo one; echo two >&2; exit 3', { name: 'by code' })))
    assert.deepEqual(linesOf(log).sort(), ['one', 'two'])
    assert.equal(log.head['title'], 'by code')
    assert.equal(log.head['kind'], 'launch')
    assert.equal(log.metadata['status'], 'failed')
    assert.equal(log.metadata['exit_code'], 3)
  })

  it('starts one of the settings by its name, and again', async () => {
    const first = await launch('Tests')
    const log = await ended(first)
    assert.equal(log.metadata['exit_code'], 1)
    assert.ok(linesOf(log).some((line) => String(line).includes('4 passed')))
    const again = await vscode.commands.executeCommand<{ capture_id: string }>(commands.rerun, first)
    const second = await ended(again.capture_id)
    assert.notEqual(again.capture_id, first)
    assert.equal(second.head['rerun_of'], first)
    assert.equal(second.head['title'], 'Tests')
    assert.ok(existsSync(logOf(first)))
  })

  /** Opens the list of launches, types into it, and waits until all that can be chosen is there. */
  async function typed(
    text: string,
  ): Promise<{ pick: vscode.QuickPick<vscode.QuickPickItem>; chosen: Thenable<unknown> }> {
    const chosen = vscode.commands.executeCommand(commands.launch)
    await until('the list is open', () => user.picks.length === 1)
    const [pick] = user.picks
    assert.ok(pick)
    await until('scripts and tasks are there', () => !pick.busy)
    pick.value = text
    return { pick, chosen }
  }

  it('runs what is typed into the list and names nothing in it, as a command line', async () => {
    const { pick, chosen } = await typed("echo 'typed  $HOME' && exit 4")
    await until('it is offered', () => pick.activeItems[0]?.description === "Run “echo 'typed  $HOME' && exit 4”")
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem')
    const { capture_id } = (await chosen) as { capture_id: string }
    const log = await ended(capture_id)
    assert.deepEqual(linesOf(log), ['typed  $HOME'])
    assert.equal(log.metadata['exit_code'], 4)
    assert.equal(user.asked, 0)
  })

  it('runs the one that a few letters name, and not the letters', async () => {
    const { pick, chosen } = await typed('ests')
    await until('it is chosen', () => pick.activeItems[0]?.label === '$(play) Tests')
    assert.equal(pick.items.at(-1)?.description, 'Run “ests”')
    pick.hide()
    assert.equal(await chosen, undefined)
  })

  it('starts one for each file', async () => {
    const started = await vscode.commands.executeCommand<readonly { capture_id: string }[]>(
      commands.launch,
      shell('cat ${item}; echo $HOME | wc -l', { name: 'each', forEach: 'configs/*.json' }),
    )
    assert.equal(started.length, 2)
    const logs = await Promise.all(started.map(({ capture_id }) => ended(capture_id)))
    assert.deepEqual(logs.map(({ head }) => head['title']).sort(), [
      'each · configs/large.json',
      'each · configs/small.json',
    ])
    for (const log of logs) assert.match(String(linesOf(log)[0]), /epochs/)
    assert.deepEqual(user.heard, ['2 launches of each started, each as a run of its own in the Runs view.'])
    assert.deepEqual(user.offered, [['Show Runs']])
  })

  it('says how many of the files were not started', async () => {
    const settings = vscode.workspace.getConfiguration('tapedeck')
    await settings.update('launch.maxConcurrent', 1, vscode.ConfigurationTarget.Workspace)
    try {
      user.press = 'Start the First 1'
      const one = await launch(shell('cat ${item}', { name: 'some', forEach: 'configs/*.json' }))
      assert.match(user.heard[0] ?? '', /would be more than 1 at once/)
      assert.equal(
        user.heard[1],
        '1 of 2 launches of some started, each as a run of its own in the Runs view. The other one was not started.',
      )
      await ended(one)
    } finally {
      await settings.update('launch.maxConcurrent', undefined, vscode.ConfigurationTarget.Workspace)
    }
  })

  it('tells two panels of the same launch apart', async () => {
    const first = await launch(shell('echo 1', { name: 'twin' }))
    const second = await launch(shell('echo 2', { name: 'twin' }))
    await Promise.all([ended(first), ended(second)])
    const titles = (): string[] =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs.map(({ label }) => label))
        .filter((label) => label.startsWith('twin'))
    await until(
      'both have their times',
      () => new Set(titles()).size === 2 && titles().every((title) => title.length > 6),
    )
  })

  it('offers the settings where they are at fault', async () => {
    const settings = vscode.workspace.getConfiguration('tapedeck')
    const before = settings.inspect('launches')?.workspaceValue
    const broken = { name: 'Broken', command: 'no-such-program-x' }
    const launches: unknown[] = Array.isArray(before) ? before : []
    await settings.update('launches', [...launches, broken], vscode.ConfigurationTarget.Workspace)
    try {
      assert.equal(await vscode.commands.executeCommand(commands.launch, 'Broken'), undefined)
      assert.deepEqual(user.offered, [['Open Settings']])
      assert.equal(await vscode.commands.executeCommand(commands.launch, { command: 'no-such-program-x' }), undefined)
      assert.deepEqual(user.offered[1], ['Show Log'])
    } finally {
      await settings.update('launches', before, vscode.ConfigurationTarget.Workspace)
    }
  })

  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    [
      'an unknown name',
      'no such launch',
      /There is no launch "no such launch" in tapedeck\.launches\. There are Train, /,
    ],
    ['no command', { name: 'a' }, /"command" is missing; "command" should be/],
    ['an empty command', { command: ' ' }, /"command" is empty/],
    ['an unknown key', { command: 'ls', comand: '' }, /"comand" is no key of a launch/],
    [
      'a missing program',
      { name: 'a', command: 'no-such-program-x' },
      /"a" can't start\. "command": .*was not found\. Install it, or give its path\. Looked in/,
    ],
    ['a missing cwd', { name: 'a', command: 'ls', cwd: 'gone' }, /"cwd": .*gone does not exist/],
    ['a missing envFile', { name: 'a', command: 'ls', envFile: '.env' }, /"envFile": .*\.env does not exist/],
    ['a bad glob', { name: 'a', command: 'ls', results: ['{a'] }, /"results": .*never closed/],
    [
      'an unknown variable',
      { name: 'a', command: 'ls', args: ['${nope}'] },
      /\$\{nope\} in "args", but there is no such variable/,
    ],
    ['an unknown input', { name: 'a', command: 'ls', args: ['${input:x}'] }, /there is no input "x"/],
    ['a setting that is not set', { name: 'a', command: 'ls', args: ['${config:a.b}'] }, /the setting a\.b is not set/],
    ['forEach without item', { name: 'a', command: 'ls', forEach: '*' }, /no \$\{item\}/],
    ['forEach without files', { name: 'a', command: 'ls', args: ['${item}'], forEach: '*.nothing' }, /no file matches/],
  ]
  for (const [what, argument, message] of wrong) {
    it(`says what is wrong with ${what}, and starts nothing`, async () => {
      const before = ids()
      assert.equal(await vscode.commands.executeCommand(commands.launch, argument), undefined)
      assert.equal(user.heard.length, 1)
      assert.match(user.heard[0] ?? '', message)
      assert.deepEqual(ids(), before)
    })
  }

  it('replaces the variables of the editor', async () => {
    const file = path.join(folder(), 'notes', 'questions.md')
    await vscode.window.showTextDocument(vscode.Uri.file(file))
    const log = await ended(
      await launch({
        command: 'echo',
        args: [
          '${relativeFile}',
          '${fileBasename}',
          '${workspaceFolder}',
          '${config:tapedeck.capture.webSearch}',
          '${env:HOME}',
        ],
      }),
    )
    assert.deepEqual(linesOf(log), [`notes/questions.md questions.md ${folder()} on ${process.env['HOME'] ?? ''}`])
  })

  it('saves changed files first where it is told to', async () => {
    const file = path.join(folder(), 'changed.txt')
    writeFileSync(file, 'old\n')
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file))
    const editor = await vscode.window.showTextDocument(document)
    await editor.edit((edit) => {
      edit.insert(new vscode.Position(0, 0), 'new ')
    })
    const log = await ended(await launch({ command: 'cat', args: ['changed.txt'], before: 'save all' }))
    assert.deepEqual(linesOf(log), ['new old'])
  })

  it('stops one, and asks before there are too many', async () => {
    const settings = vscode.workspace.getConfiguration('tapedeck')
    await settings.update('launch.maxConcurrent', 1, vscode.ConfigurationTarget.Workspace)
    try {
      const first = await launch(shell('echo up; sleep 60', { name: 'first' }))
      assert.equal(await vscode.commands.executeCommand(commands.launch, shell('echo no')), undefined)
      assert.match(user.heard[0] ?? '', /more than 1 at once \(tapedeck\.launch\.maxConcurrent\)/)
      user.press = 'Start Anyway'
      const second = await launch(shell('echo yes', { name: 'second' }))
      assert.equal((await ended(second)).metadata['status'], 'completed')
      await until('the first prints', () => readFileSync(logOf(first), 'utf8').includes('"up"'))
      await vscode.commands.executeCommand(commands.stopRun, first)
      const log = await ended(first)
      assert.equal(log.metadata['status'], 'aborted')
      assert.deepEqual(linesOf(log), ['up'])
    } finally {
      await settings.update('launch.maxConcurrent', undefined, vscode.ConfigurationTarget.Workspace)
    }
  })

  it('becomes one of the settings', async () => {
    const id = await launch(shell('echo kept', { name: 'to keep', env: { A: 'b' } }))
    await ended(id)
    user.type = 'Kept'
    await vscode.commands.executeCommand(commands.saveLaunch, id)
    const saved = vscode.workspace.getConfiguration('tapedeck').get<unknown[]>('launches') ?? []
    assert.deepEqual(saved.at(-1), { name: 'Kept', command: 'echo kept', shell: true, env: { A: 'b' } })
    assert.deepEqual(linesOf(await ended(await launch('Kept'))), ['kept'])
  })

  it('runs as a task', async () => {
    const before = ids()
    await executeToEnd('Tests')
    const [made, ...more] = ids().filter((id) => !before.includes(id))
    assert.ok(made !== undefined && more.length === 0)
    assert.equal((await ended(made.replace('.json', ''))).metadata['exit_code'], 1)
  })

  it('is called as its task is, and shown unless the task says never', async () => {
    const tabs = (): string[] => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label))
    // The editor takes tasks that do the same for one.
    const tasks = [
      { type: taskType, command: 'echo', args: ['shown'], label: 'shown task' },
      { type: taskType, command: 'echo', args: ['quiet'], label: 'quiet task', presentation: { reveal: 'never' } },
      { type: taskType, launch: 'Tests', label: 'labelled task' },
    ]
    writeFileSync(path.join(folder(), '.vscode', 'tasks.json'), JSON.stringify({ version: '2.0.0', tasks }))
    for (const { label } of tasks) {
      const before = ids()
      await executeToEnd(label)
      const made = (ids().find((id) => !before.includes(id)) ?? '').replace('.json', '')
      assert.equal((await ended(made)).head['title'], label)
    }
    await until('the panels are there', () => tabs().includes('shown task') && tabs().includes('labelled task'))
    assert.ok(!tabs().includes('quiet task'))
  })

  it('stops with its task', async () => {
    const before = ids()
    const task = { label: 'sleeper', type: taskType, command: 'echo up; sleep 60', shell: true }
    writeFileSync(path.join(folder(), '.vscode', 'tasks.json'), JSON.stringify({ version: '2.0.0', tasks: [task] }))
    const execution = await execute('sleeper')
    await until('the run is there', () => ids().length > before.length)
    const made = (ids().find((id) => !before.includes(id)) ?? '').replace('.json', '')
    await until('it prints', () => readFileSync(logOf(made), 'utf8').includes('"up"'))
    execution.terminate()
    assert.equal((await ended(made)).metadata['status'], 'aborted')
  })

  it('asks for inputs, each once, and starts nothing when nobody answers', async () => {
    const inputs = [{ id: 'who', type: 'promptString', description: 'Who?' }]
    writeFileSync(path.join(folder(), '.vscode', 'tasks.json'), JSON.stringify({ version: '2.0.0', inputs }))
    const known = (): unknown => vscode.workspace.getConfiguration('tasks').get('inputs')
    await until('the editor has read the inputs', () => Array.isArray(known()) && (known() as unknown[]).length === 1)
    const argument = { command: 'echo', args: ['${input:who}', '${input:who}'] }
    user.type = 'me'
    assert.deepEqual(linesOf(await ended(await launch(argument))), ['me me'])
    assert.equal(user.asked, 1)
    user.type = undefined
    const before = ids()
    assert.equal(await vscode.commands.executeCommand(commands.launch, argument), undefined)
    assert.deepEqual(ids(), before)
    assert.deepEqual(user.heard, [])
  })
})
