/** Which runs the Runs view shows, and in which order. */
import { z } from 'zod'
import { runKindSchema } from '../../shared/events/schema'
import { startedAt, titleOf, type ListedRun } from '../../node/runlog/history'

export const listedStates = ['running', 'completed', 'failed', 'aborted', 'elsewhere', 'stale', 'damaged'] as const

/** A run is shown when it has one of the states, one of the kinds, all of the tags, and the text. What is empty asks for nothing. */
export const runFilterSchema = z.strictObject({
  states: z.array(z.enum(listedStates)).max(listedStates.length).default([]),
  kinds: z.array(runKindSchema).max(20).default([]),
  tags: z.array(z.string().max(100)).max(50).default([]),
  text: z.string().max(1000).default(''),
})
export type RunFilter = z.infer<typeof runFilterSchema>

export const noFilter: RunFilter = { states: [], kinds: [], tags: [], text: '' }

export function isFiltering({ states, kinds, tags, text }: RunFilter): boolean {
  return states.length + kinds.length + tags.length + text.trim().length > 0
}

export function matcherOf({ states, kinds, tags, text }: RunFilter): (run: ListedRun) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return (run) => {
    const { state, head, notes } = run
    if (states.length > 0 && !states.includes(state)) return false
    if (kinds.length > 0 && (head === undefined || !kinds.includes(head.kind))) return false
    if (!tags.every((tag) => notes?.tags?.includes(tag) === true)) return false
    if (words.length === 0) return true
    const told = textOf(run)
    return words.every((word) => told.includes(word))
  }
}

/** What of a run is searched for a text: its names and what was asked for, not what it said. */
function textOf(run: ListedRun): string {
  const { head, notes, capture_id } = run
  const parts = [titleOf(run), head?.title, capture_id, head?.command, ...(head?.args ?? []), head?.prompt, head?.url]
  return [...parts, head?.model, ...(notes?.tags ?? [])].join('\n').toLowerCase()
}

/** "failed, launch, #mine, "text"" */
export function filterText({ states, kinds, tags, text }: RunFilter): string {
  const quoted = text.trim() === '' ? [] : [`"${text.trim()}"`]
  return [states.join(' or '), kinds.join(' or '), ...tags.map((tag) => `#${tag}`), ...quoted]
    .filter((part) => part !== '')
    .join(', ')
}

export const runSorts = ['newest', 'oldest', 'longest', 'largest', 'name'] as const
export type RunSort = (typeof runSorts)[number]

export const sortNames: Readonly<Record<RunSort, string>> = {
  newest: 'Newest first',
  oldest: 'Oldest first',
  longest: 'Longest first',
  largest: 'Largest first',
  name: 'By name',
}

/** @param runs newest first */
export function sorted(runs: readonly ListedRun[], sort: RunSort): readonly ListedRun[] {
  switch (sort) {
    case 'newest':
      return runs
    case 'oldest':
      return runs.toReversed()
    case 'longest':
      return byNumber(runs, durationOf)
    case 'largest':
      return byNumber(runs, ({ bytes }) => bytes ?? 0)
    case 'name': {
      const { compare } = new Intl.Collator(undefined, { numeric: true })
      const titles = new Map(runs.map((run) => [run, titleOf(run)]))
      return runs.toSorted((a, b) => compare(titles.get(a) ?? '', titles.get(b) ?? ''))
    }
  }
}

function byNumber(runs: readonly ListedRun[], numberOf: (run: ListedRun) => number): readonly ListedRun[] {
  return runs.toSorted((a, b) => numberOf(b) - numberOf(a))
}

/** Milliseconds; of an open log so far. */
function durationOf(run: ListedRun): number {
  const { metadata, modifiedMs, state } = run
  if (metadata !== undefined) return metadata.duration_ms ?? 0
  const until = state === 'running' ? Date.now() : (modifiedMs ?? 0)
  return Math.max(0, until - startedAt(run).getTime())
}
