/**
 * What a runner and its viewers say to each other over the control socket: one JSON object a line. The first line of a
 * client is `hello` with the token of the registry entry; everything else closes the connection.
 */
import { z } from 'zod'

export const CONTROL_PROTOCOL = 1

export const controlRequestSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), token: z.string(), protocol: z.number() }),
  z.object({ type: z.literal('stop'), how: z.enum(['polite', 'force']) }),
  /** `end` closes the standard input after the text. */
  z.object({ type: z.literal('stdin'), text: z.string(), end: z.literal(true).optional() }),
  z.object({ type: z.literal('mark'), name: z.string().max(1000), note: z.string().max(10_000).optional() }),
  z.object({ type: z.literal('ping') }),
])
export type ControlRequest = z.infer<typeof controlRequestSchema>

const counts = z.record(z.string(), z.number())

export const controlMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), capture_id: z.string(), protocol: z.number(), stopping: z.boolean() }),
  z.object({ type: z.literal('refused'), message: z.string() }),
  z.object({
    type: z.literal('grew'),
    bytes: z.number(),
    count: z.number(),
    last_time: z.number().optional(),
    phase_counts: counts,
    level_counts: counts,
  }),
  z.object({ type: z.literal('stopping'), how: z.enum(['polite', 'force']) }),
  z.object({ type: z.literal('pong') }),
  z.object({ type: z.literal('error'), message: z.string() }),
])
export type ControlMessage = z.infer<typeof controlMessageSchema>

/** A live run in `active/<capture_id>.json` of the state directory. */
export const registryEntrySchema = z.looseObject({
  capture_id: z.string(),
  kind: z.string(),
  title: z.string(),
  log_path: z.string(),
  started_at: z.string(),
  pid: z.number().int(),
  pid_start: z.string(),
  machine: z.string(),
  boot: z.string(),
  address: z.string(),
  token: z.string(),
  protocol: z.number(),
  tool_version: z.string(),
  /** The launched command, once it runs: what must be looked for when its recorder is lost. */
  child: z.object({ pid: z.number().int(), start: z.string() }).optional(),
  /** Why the log could not be written to its end, for whoever closes it. */
  failure: z.object({ message: z.string(), code: z.string() }).optional(),
})
export type RegistryEntry = z.infer<typeof registryEntrySchema>
