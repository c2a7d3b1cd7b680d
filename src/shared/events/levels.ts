import type { Level } from './schema'

/** The level that counts and filters use: a line's own, `fatal` or `error` for error events, `warn` for what was dropped. */
export function levelOf(phase: string, data: Readonly<Record<string, unknown>>): Level | undefined {
  if (phase === 'log_line') return data['level'] as Level | undefined
  if (phase === 'error') return data['fatal'] === true ? 'fatal' : 'error'
  if (phase === 'dropped') return 'warn'
  return undefined
}
