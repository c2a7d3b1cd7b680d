/** What a scenario is made of: steps (SSE text with a pause before it), legs (one carrier's steps) and the whole plan of a turn. */
import { randomUUID } from 'node:crypto'

/** One piece of a stream: normally one SSE event with its blank line. */
export interface Step {
  readonly text: string
  /** The wait before it, milliseconds at speed 1. */
  readonly pauseMs: number
  /** Write it in two pieces, cut inside a character of several bytes (where it has one) or in the middle. */
  readonly cut?: boolean
}

/** How a leg's connection ends: properly, or destroyed by the server in the middle. */
export type LegEnd = 'close' | 'cut'

/** The part of a turn that one HTTP response carries. The steps are made anew on each call, so that nothing big is kept. */
export interface Leg {
  readonly steps: () => Iterable<Step>
  readonly end: LegEnd
  /** The answer goes on over the socket topic when this leg has been sent. */
  readonly startsTopic?: boolean
}

/** An answer that is no stream. */
export interface Refusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The part of a turn that the socket carries. */
export interface TopicLeg {
  readonly steps: () => Iterable<Step>
  /** So many first steps are published before anyone can subscribe, and reach the page as catch-ups. */
  readonly publishedBefore: number
}

/** A turn: how the conversation request is answered, a resume of it, and the socket topic. */
export interface Plan {
  readonly post: Leg | Refusal
  /** A resume skips as many counted events as its offset says. */
  readonly resume?: Leg | Refusal
  readonly topic?: TopicLeg
}

/** What a scenario may use: the prompt, the ids of the turn and the options of the page's address. */
export interface TurnRequest {
  readonly prompt: string
  readonly conversationId: string
  readonly turnId: string
  /** The fake token that allows a resume with an offset. */
  readonly conduitToken: string
  /** The options of the page's address, for example `deltas` of `long`. */
  readonly options: URLSearchParams
}

/** Makes the plan of a turn. */
export type Scenario = (request: TurnRequest) => Plan

export function isRefusal(answer: Leg | Refusal): answer is Refusal {
  return 'status' in answer
}

/** A fresh id, as the site's messages and turns have them. */
export function newId(): string {
  return randomUUID()
}

/** Whether an event counts for a resume's offset: all do but comments, pings, empty data and `[DONE]`. */
export function isCounted(text: string): boolean {
  const data = text
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trim())
    .join('\n')
  return data !== '' && data !== '[DONE]' && !text.startsWith('event: ping')
}

/** The steps that a resume with this offset still sends: what was counted before it is left out. */
export function* stepsFrom(steps: Iterable<Step>, offset: number): Generator<Step> {
  let counted = 0
  for (const step of steps) {
    if (counted >= offset) yield step
    if (isCounted(step.text)) counted += 1
  }
}

/** A JSON answer that refuses something. */
export function refusal(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Refusal {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}

/** A whole number from the page's address, within bounds. */
export function numberOption(options: URLSearchParams, name: string, fallback: number, most: number): number {
  const value = Number(options.get(name) ?? fallback)
  return Number.isInteger(value) && value > 0 ? Math.min(value, most) : fallback
}
