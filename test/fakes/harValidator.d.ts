/** The package has no types of its own. */
declare module 'har-validator' {
  /** Rejects when it is no HAR 1.2. */
  export function har(document: unknown): Promise<unknown>
}
