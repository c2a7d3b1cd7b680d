/** One short line about a JSON report, such as the `report.json` of an evaluation. */
import { isObject } from '../../core/decode/json'

const MAX_PARTS = 6
const MAX_LENGTH = 200
const NAME_KEYS = ['config_name', 'name', 'title']

/**
 * "01_agent_eval: 2 samples, mean_reward 0.5": the report's name, and its numbers at the top and in objects called
 * metrics.
 * @returns undefined for what is no JSON object or says nothing of that kind
 */
export function summarizeReport(text: string): string | undefined {
  let report: unknown
  try {
    report = JSON.parse(text)
  } catch {
    // Half written, or no JSON: it is listed without a summary.
    return undefined
  }
  if (!isObject(report)) return undefined
  const parts: string[] = []
  if (typeof report['total_samples'] === 'number') parts.push(`${shown(report['total_samples'])} samples`)
  for (const [key, value] of Object.entries(report)) {
    if (/metrics$/.test(key) && isObject(value)) addNumbers(parts, value)
  }
  addNumbers(parts, report)
  const name = NAME_KEYS.map((key) => report[key]).find((value) => typeof value === 'string' && value !== '')
  const numbers = parts.slice(0, MAX_PARTS).join(', ')
  const line = typeof name !== 'string' ? numbers : numbers === '' ? name : `${name}: ${numbers}`
  const short = line.replaceAll(/\p{Cc}+/gu, ' ')
  if (short === '') return undefined
  return short.length > MAX_LENGTH ? `${short.slice(0, MAX_LENGTH - 1)}…` : short
}

function addNumbers(parts: string[], values: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(values)) {
    if (parts.length >= MAX_PARTS) return
    if (typeof value === 'number' && key !== 'total_samples') parts.push(`${key} ${shown(value)}`)
  }
}

function shown(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))
}
