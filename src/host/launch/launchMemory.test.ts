import assert from 'node:assert/strict'
import { LaunchMemory, type RememberedLaunch } from './launchMemory'

/** The editor's store, which outlives a window. */
class Store {
  readonly values = new Map<string, string>()

  keys(): readonly string[] {
    return [...this.values.keys()]
  }

  get(key: string): unknown {
    const text = this.values.get(key)
    return text === undefined ? undefined : JSON.parse(text)
  }

  update(key: string, value: unknown): Promise<void> {
    this.values.set(key, JSON.stringify(value))
    return Promise.resolve()
  }
}

const launch = (more: object = {}, editor = {}): RememberedLaunch => ({
  configuration: { name: 'a', command: 'make', ...more },
  folder: '/w',
  editor,
})

describe('how runs were started', () => {
  let store: Store
  let memory: LaunchMemory
  const nextWindow = (): LaunchMemory => new LaunchMemory(store as ConstructorParameters<typeof LaunchMemory>[0])

  beforeEach(() => {
    store = new Store()
    memory = nextWindow()
  })

  it('is known in this window and the next', async () => {
    const one = { ...launch({ env: { A: '1', B: null } }, { file: '/w/a.py' }), item: '/w/x', named: true } as const
    await memory.remember('id', one)
    assert.deepEqual(memory.recall('id'), one)
    assert.deepEqual(nextWindow().recall('id'), one)
    assert.equal(nextWindow().recall('other'), undefined)
  })

  const secret = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`
  const kept: readonly (readonly [string, RememberedLaunch])[] = [
    ['in an argument', launch({ args: ['--token', secret] })],
    ['after a flag', launch({ args: ['--password', 'correct horse 7'] })],
    ['in the command', launch({ command: `TOKEN=${secret} make`, shell: true })],
    ['in a variable', launch({ env: { PLAIN: secret } })],
    ['in a variable by its name', launch({ env: { API_KEY: 'correct horse 7' } })],
    ['in the selected text', launch({}, { selectedText: secret })],
    ['of great length', launch({ command: 'x'.repeat(60_000) })],
  ]
  for (const [what, one] of kept) {
    it(`with a secret ${what} stays in the window`, async () => {
      await memory.remember('id', one)
      assert.deepEqual(memory.recall('id'), one)
      assert.equal(nextWindow().recall('id'), undefined)
      assert.equal(store.values.size, 0)
    })
  }

  it('is kept of the last 200', async () => {
    for (let i = 0; i < 205; i++) await memory.remember(`id${String(i)}`, launch())
    const next = nextWindow()
    assert.equal(next.recall('id4'), undefined)
    assert.notEqual(next.recall('id5'), undefined)
    assert.notEqual(next.recall('id204'), undefined)
  })

  it('survives a store that holds something else', async () => {
    store.values.set('tapedeck.launches', '[7]')
    assert.equal(memory.recall('id'), undefined)
    store.values.set('tapedeck.launches', '{"id":{"configuration":7}}')
    assert.equal(memory.recall('id'), undefined)
    await memory.remember('new', launch())
    assert.notEqual(nextWindow().recall('new'), undefined)
  })
})
