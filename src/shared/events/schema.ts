/**
 * The schema of a run's events, version 1. One entry of `eventData` is one phase; its fields are described in
 * docs/event-format.md. Objects are loose: fields that a newer version wrote are kept, never dropped.
 */
import { z } from 'zod'

const count = z.number().int().nonnegative()
const url = z.string()
const index = z.number().int().nonnegative()

export const levelSchema = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
export type Level = z.infer<typeof levelSchema>

export const runStatusSchema = z.enum(['running', 'completed', 'failed', 'aborted'])
export type RunStatus = z.infer<typeof runStatusSchema>

export const runKindSchema = z.enum(['capture', 'launch', 'follow', 'session', 'stream', 'ingest'])
export type RunKind = z.infer<typeof runKindSchema>

const headers = z.record(z.string(), z.string())

/** What a source sent and no named field could hold. */
const raw = { raw: z.unknown().optional() }

export const eventData = {
  browser_status: z.looseObject({
    /** `browser_started`, `page_loaded`, `authentication_required`, … An open set: new words are shown as they are. */
    status: z.string(),
    detail: z.string().optional(),
    url: url.optional(),
    model: z.string().optional(),
    ...raw,
  }),
  search_query: z.looseObject({
    query: z.string(),
    /** 0-based, in order of arrival within the run. */
    index,
    /** 0-based number of the search call that the query belongs to. */
    batch: index.optional(),
    recency_days: z.number().optional(),
    domains: z.array(z.string()).optional(),
    message_id: z.string().optional(),
    /** The field of the wire that carried the query. */
    route: z.string().optional(),
    ...raw,
  }),
  search_result: z.looseObject({
    url,
    /** 1-based, in order of arrival. */
    rank: z.number().int().positive(),
    title: z.string().optional(),
    snippet: z.string().optional(),
    domain: z.string(),
    published_at: z.string().optional(),
    ref_id: z.string().optional(),
    /** 0-based position in the provider's own list. */
    ref_index: z.number().optional(),
    score: z.number().optional(),
    attribution: z.string().optional(),
    batch: index.optional(),
    ...raw,
  }),
  citation: z.looseObject({
    url,
    index,
    title: z.string().optional(),
    snippet: z.string().optional(),
    start: z.number().optional(),
    end: z.number().optional(),
    matched_text: z.string().optional(),
    kind: z.string().optional(),
    supporting: z.boolean().optional(),
    ...raw,
  }),
  assistant_delta: z.looseObject({
    text: z.string(),
    message_id: z.string(),
    /** True: the text so far of this message is replaced by this one. */
    rewrite: z.boolean().optional(),
    channel: z.string().optional(),
    ...raw,
  }),
  tool_use: z.looseObject({
    name: z.string(),
    state: z.enum(['started', 'completed', 'result', 'failed']),
    call_id: z.string().optional(),
    input: z.unknown().optional(),
    output: z.unknown().optional(),
    ...raw,
  }),
  network: z.looseObject({
    request_id: z.string(),
    method: z.string(),
    url,
    state: z.enum(['sent', 'response', 'finished', 'failed']),
    status: z.number().int().optional(),
    mime_type: z.string().optional(),
    resource_type: z.string().optional(),
    bytes: count.optional(),
    duration_ms: z.number().optional(),
    timings: z.record(z.string(), z.number()).optional(),
    request_headers: headers.optional(),
    response_headers: headers.optional(),
    error: z.string().optional(),
    ...raw,
  }),
  network_body: z.looseObject({
    request_id: z.string(),
    /** Bytes of the body that came before this piece. */
    offset: count,
    text: z.string().optional(),
    base64: z.string().optional(),
    /** Of a WebSocket's frame; `offset` counts for each direction. */
    direction: z.enum(['sent', 'received']).optional(),
    ...raw,
  }),
  process: z.looseObject({
    state: z.enum(['started', 'exited', 'signalled', 'stop_requested', 'left_behind']),
    pid: z.number().int().optional(),
    command: z.string().optional(),
    exit_code: z.number().int().nullable().optional(),
    signal: z.string().nullable().optional(),
    pids: z.array(z.number().int()).optional(),
    ...raw,
  }),
  log_line: z.looseObject({
    text: z.string(),
    stream: z.enum(['stdout', 'stderr', 'stdin', 'file', 'remote']),
    source: z.string().optional(),
    level: levelSchema.optional(),
    outcome: z.enum(['success', 'failure']).optional(),
    logged_at: z.string().optional(),
    logger: z.string().optional(),
    fields: z.record(z.string(), z.unknown()).optional(),
    continued: z.literal(true).optional(),
    unterminated: z.literal(true).optional(),
    cut_bytes: count.optional(),
    ...raw,
  }),
  line_update: z.looseObject({ stream: z.string(), text: z.string(), ...raw }),
  file: z.looseObject({
    state: z.enum(['opened', 'rotated', 'truncated', 'rewritten', 'replaced', 'gone', 'back']),
    path: z.string(),
    ...raw,
  }),
  connection: z.looseObject({
    state: z.enum(['connecting', 'live', 'reconnecting', 'closed', 'refused']),
    attempt: count.optional(),
    retry_in_ms: z.number().optional(),
    http_status: z.number().int().optional(),
    ...raw,
  }),
  phase_change: z.looseObject({
    phase: z.string(),
    label: z.string().optional(),
    number: z.number().optional(),
    of: z.number().optional(),
    ...raw,
  }),
  iteration: z.looseObject({ number: z.number(), state: z.enum(['started', 'completed']), ...raw }),
  task: z.looseObject({
    title: z.string(),
    state: z.enum(['pending', 'in_progress', 'completed', 'failed']),
    ...raw,
  }),
  context: z.looseObject({ percent: z.number(), tokens: count.optional(), limit: count.optional(), ...raw }),
  usage: z.looseObject({
    model: z.string().optional(),
    input_tokens: count,
    output_tokens: count,
    cache_read_tokens: count.optional(),
    cache_write_tokens: count.optional(),
    reasoning_tokens: count.optional(),
    cost_usd: z.number().optional(),
    cost_basis: z.enum(['recorded', 'estimated', 'unknown']),
    ...raw,
  }),
  message: z.looseObject({
    role: z.string(),
    text: z.string(),
    message_id: z.string().optional(),
    parent_id: z.string().optional(),
    reasoning: z.string().optional(),
    ...raw,
  }),
  metric: z.looseObject({
    name: z.string(),
    value: z.number(),
    step: z.number().optional(),
    unit: z.string().optional(),
    ...raw,
  }),
  result: z.looseObject({
    path: z.string(),
    bytes: count.optional(),
    modified_at: z.string().optional(),
    summary: z.string().optional(),
    ...raw,
  }),
  marker: z.looseObject({ name: z.string(), note: z.string().optional(), ...raw }),
  dropped: z.looseObject({ count, bytes: count.optional(), why: z.string(), ...raw }),
  clock: z.looseObject({ delta_ms: z.number(), ...raw }),
  error: z.looseObject({
    message: z.string(),
    code: z.string().optional(),
    http_status: z.number().int().optional(),
    retry_after_s: z.number().optional(),
    fatal: z.boolean(),
    ...raw,
  }),
  completion: z.looseObject({ status: z.string(), summary: z.string().optional(), ...raw }),
} as const

export type Phase = keyof typeof eventData

/** The fields of one phase, as a source hands them over and as the log holds them. */
export type EventData<P extends Phase> = z.infer<(typeof eventData)[P]>

/** An event before the run has stamped it: what a source makes. */
export type EventDraft = { [P in Phase]: { phase: P; data: EventData<P> } }[Phase]

/** `YYYY-MM-DDTHH-MM-SSZ-` and six of `[a-z0-9]`: safe as a file name on every system. */
export const captureIdPattern = /^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z-[a-z0-9]{6}$/
export const captureIdSchema = z.string().regex(captureIdPattern)

const stamp = {
  capture_id: captureIdSchema,
  seq: count,
  timestamp: z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/),
}

/** Any event line, with a phase known here or not. */
export const eventEnvelopeSchema = z.looseObject({
  ...stamp,
  phase: z.string().min(1),
  data: z.record(z.string(), z.unknown()),
})
export type AnyEvent = z.infer<typeof eventEnvelopeSchema>

/** Redactions by rule name. */
const countByName = z.record(z.string(), count)

const kindFields = {
  // capture
  prompt: z.string().optional(),
  url: url.optional(),
  model: z.string().optional(),
  headless: z.boolean().optional(),
  browser: z.string().optional(),
  // launch
  command: z.string().optional(),
  args: z.array(z.string()).optional(),
  cwd: z.string().optional(),
  env_names: z.array(z.string()).optional(),
  exit_code: z.number().int().nullable().optional(),
  signal: z.string().nullable().optional(),
  results: z.array(z.unknown()).optional(),
  rerun_of: z.string().optional(),
  // follow, session, stream
  files: z.array(z.unknown()).optional(),
  session: z.looseObject({ adapter: z.string(), path: z.string() }).optional(),
  stream: z.looseObject({ url, mode: z.string() }).optional(),
}

/** What was known when the run began; line 1 of the log. */
export const headSchema = z.looseObject({
  capture_id: captureIdSchema,
  kind: runKindSchema,
  title: z.string(),
  started_at: z.string(),
  pid: z.number().int(),
  machine: z.string(),
  tool: z.object({ name: z.string(), version: z.string() }),
  ...kindFields,
})
export type RunHead = z.infer<typeof headSchema>

/** The final record; the last line of the log. */
export const metadataSchema = headSchema.extend({
  status: runStatusSchema,
  finished_at: z.string().optional(),
  duration_ms: z.number().nonnegative().optional(),
  event_count: count,
  phase_counts: countByName,
  level_counts: countByName,
  dropped: count,
  redacted: countByName,
  error: z.string().optional(),
})
export type RunMetadata = z.infer<typeof metadataSchema>

export const RUN_FORMAT = 'tapedeck-run/1'
