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

/** The number of a line in its file, from 1, of the raw part that the host gives a line of a followed file. */
export function lineNumberOf(raw: string | undefined): number | undefined {
  if (raw === undefined) return undefined
  try {
    const data = JSON.parse(raw) as unknown
    if (typeof data !== 'object' || data === null || !('line' in data)) return undefined
    return typeof data.line === 'number' ? data.line : undefined
  } catch {
    return undefined
  }
}
