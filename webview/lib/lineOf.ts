/** The text of a line of output, of an event's data as JSON; undefined where there is none. */
export function lineOf(fields: string): string | undefined {
  try {
    const data = JSON.parse(fields) as unknown
    if (typeof data !== 'object' || data === null || !('text' in data)) return undefined
    return typeof data.text === 'string' ? data.text : undefined
  } catch {
    return undefined
  }
}
