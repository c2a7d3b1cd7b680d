/** A capture as it is asked for: the same for the extension's runner and the command line. */
import { z } from 'zod'
import { browserSource } from '../node/browser/browserSource'
import type { RegistryEntry } from '../shared/control'
import { UserError } from '../shared/userError'
import { record, type Recording } from './record'

export const captureRequestSchema = z.object({
  kind: z.literal('capture').optional(),
  logDirectory: z.string().min(1),
  prompt: z.string().optional(),
  url: z.string(),
  headless: z.boolean(),
  browserPath: z.string().optional(),
  cdpUrl: z.string().optional(),
  profileDir: z.string().optional(),
  timeoutMs: z.number().positive(),
  webSearch: z.enum(['auto', 'on', 'off']),
  bodies: z.enum(['streams', 'none', 'all']),
})
export type CaptureRequest = z.infer<typeof captureRequestSchema>

export interface CaptureHooks {
  onStarted?(entry: RegistryEntry): void
  onEvents?(lines: readonly string[]): void
  log?(message: string): void
}

/** Far more than a chat takes; the head of a log must stay short enough to be read at once. */
const MAX_PROMPT = 200_000

/** @throws UserError for an empty or endless prompt, and for an address that is none */
export function recordCapture(request: CaptureRequest, hooks: CaptureHooks = {}): Recording {
  const { logDirectory, prompt, kind: _, ...options } = captureRequestSchema.parse(request)
  if (!/^https?:\/\//i.test(options.url) || !URL.canParse(options.url)) {
    throw new UserError(
      `${JSON.stringify(options.url.slice(0, 200))} is no web address. A capture needs one that begins with https:// or http://.`,
      'bad_url',
      'bad_input',
    )
  }
  if (prompt?.trim() === '') {
    throw new UserError(
      'The prompt is empty. Leave --prompt out to type it yourself in the browser.',
      'bad_prompt',
      'bad_input',
    )
  }
  if (prompt !== undefined && prompt.length > MAX_PROMPT) {
    throw new UserError(
      `The prompt has ${String(prompt.length)} characters; at most ${String(MAX_PROMPT)} can be typed.`,
      'bad_prompt',
      'bad_input',
    )
  }
  const title = prompt === undefined ? new URL(options.url).host : (prompt.split('\n', 1)[0] ?? '').slice(0, 120)
  return record({
    source: (captureId) => browserSource({ ...options, captureId, ...(prompt === undefined ? {} : { prompt }) }),
    title,
    head: { url: options.url, headless: options.headless, ...(prompt === undefined ? {} : { prompt }) },
    logDirectory,
    ...hooks,
  })
}
