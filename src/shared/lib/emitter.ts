/** A list of listeners with one voice. A listener that throws is the caller's defect and stops nobody else. */
export class Emitter<T> {
  private readonly listeners = new Set<(value: T) => void>()

  /** Subscribes; the result unsubscribes. */
  readonly event = (listener: (value: T) => void): (() => void) => {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
    }
  }

  fire(value: T): void {
    let failure: { error: unknown } | undefined
    for (const listener of [...this.listeners]) {
      try {
        listener(value)
      } catch (error) {
        failure ??= { error }
      }
    }
    if (failure !== undefined) throw failure.error
  }
}
