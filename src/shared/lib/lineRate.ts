/** How fast lines came, in words: in panel and command line alike. */
import type { LineRates } from '../protocol/summary'

/** "12 lines/s", "3.4 lines/min"; undefined where there is nothing to divide by. */
export function lineRate({ lines, first_time, last_time }: LineRates): string | undefined {
  if (first_time === undefined || last_time === undefined || last_time - first_time < 1000) return undefined
  return perTime(lines, last_time - first_time)
}

/** So many lines in so many milliseconds. */
export function perTime(lines: number, ms: number): string {
  const second = (lines * 1000) / ms
  return second >= 1 ? `${rounded(second)} lines/s` : `${rounded(second * 60)} lines/min`
}

function rounded(value: number): string {
  return value >= 10 ? String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',') : String(Number(value.toPrecision(2)))
}
