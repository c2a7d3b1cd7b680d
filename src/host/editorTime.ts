/**
 * Times in the editor's own lists, as its language writes them. A panel has one way for all (shared/lib/format.ts): day, 24 hours and
 * milliseconds, which can be compared and searched for.
 */
import * as vscode from 'vscode'
import type { Exactness } from './runs/twins'

/** "14:03", "02:03 PM"; with seconds where it must be exact */
export function timeText(time: Date, exactness: Exactness): string {
  return time.toLocaleTimeString(vscode.env.language, hourAndMinute(exactness))
}

/** The same, on another day with it, of another year with that: "20 Nov, 14:03"; local time. */
export function startText(started: Date, exactness: Exactness = 'minutes'): string {
  const now = new Date()
  const isToday = started.toDateString() === now.toDateString()
  const day: Intl.DateTimeFormatOptions = isToday ? {} : { month: 'short', day: 'numeric' }
  const year: Intl.DateTimeFormatOptions = started.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }
  return started.toLocaleString(vscode.env.language, { ...year, ...day, ...hourAndMinute(exactness) })
}

function hourAndMinute(exactness: Exactness): Intl.DateTimeFormatOptions {
  return { hour: '2-digit', minute: '2-digit', ...(exactness === 'minutes' ? {} : { second: '2-digit' }) }
}

/** Day and time in full. */
export function longDateTime(time: Date): string {
  return time.toLocaleString(vscode.env.language)
}

/** The time of day in full. */
export function longTime(time: Date): string {
  return time.toLocaleTimeString(vscode.env.language)
}
