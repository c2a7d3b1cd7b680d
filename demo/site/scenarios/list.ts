/** The scenarios by name. Adding one takes a line here. */
import type { Scenario } from '../plan'
import { allcarriers, cut, cutforever, thinking, websocket } from './carriers'
import { hostile, huge, moderation, ratelimit, streamerror } from './failing'
import { latency, legacy, long, slow } from './plain'
import { search } from './searching'

/** What the page's menu says about a scenario, and how it answers. */
export interface ScenarioEntry {
  readonly label: string
  readonly answer: Scenario
}

/** `loggedout` and `challenge` answer like `search`; their difference is in how the page opens. */
export const SCENARIOS: Readonly<Record<string, ScenarioEntry>> = {
  search: { label: 'Search with citations', answer: search },
  thinking: { label: 'Thinking, resumed', answer: thinking },
  websocket: { label: 'Over WebSocket', answer: websocket },
  allcarriers: { label: 'Over all carriers', answer: allcarriers },
  legacy: { label: 'Legacy format', answer: legacy },
  loggedout: { label: 'Logged out', answer: search },
  challenge: { label: 'Challenge page', answer: search },
  ratelimit: { label: 'Rate limit (429)', answer: ratelimit },
  cut: { label: 'Cut, then resumed', answer: cut },
  cutforever: { label: 'Cut for good', answer: cutforever },
  streamerror: { label: 'Error in the stream', answer: streamerror },
  moderation: { label: 'Blocked content', answer: moderation },
  long: { label: 'Very long answer', answer: long },
  latency: { label: 'Numbered deltas', answer: latency },
  slow: { label: 'One minute, slowly', answer: slow },
  hostile: { label: 'Malformed stream', answer: hostile },
  huge: { label: 'One event of 20 MB', answer: huge },
}

export const DEFAULT_SCENARIO = 'search'

/** The scenario's name where there is one of that name, otherwise the fallback. */
export function scenarioName(name: string | null | undefined, fallback: string): string {
  return name !== null && name !== undefined && Object.hasOwn(SCENARIOS, name) ? name : fallback
}
