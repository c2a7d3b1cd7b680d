/** In which log directories old runs may be removed without a question: a person who said so of one did not say so of another. */

/** The editor's memory, as far as it is needed. */
interface Memory {
  get(key: string): unknown
  update(key: string, value: unknown): Thenable<void>
}

const KEY = 'tapedeck.retentionAgreed'

export class RetentionConsent {
  constructor(private readonly memory: Memory) {}

  has(directory: string): boolean {
    return this.directories.includes(directory)
  }

  async give(directories: readonly string[]): Promise<void> {
    await this.memory.update(KEY, [...new Set([...this.directories, ...directories])])
  }

  /** From now on the person is asked again: they kept runs that would go by themselves. */
  async withdraw(directories: readonly string[]): Promise<void> {
    await this.memory.update(
      KEY,
      this.directories.filter((directory) => !directories.includes(directory)),
    )
  }

  private get directories(): readonly string[] {
    const known = this.memory.get(KEY)
    return Array.isArray(known) ? known.filter((one) => typeof one === 'string') : []
  }
}
