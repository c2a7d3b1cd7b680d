/** The recording of followed files as a runner is told. */
import { z } from 'zod'

const positionSchema = z.object({
  offset: z.number().int().nonnegative(),
  dev: z.string(),
  inode: z.string(),
  before: z.object({ bytes: z.number().int().nonnegative(), sha256: z.string() }),
})
const fromSchema = z.union([z.literal('start'), z.object({ lines: z.number().int().nonnegative() }), positionSchema])

/** A format of lines of the person's own; see core/lines/formats/custom.ts. */
export const customFormatSchema = z.object({
  name: z.string().min(1).max(200),
  pattern: z.string().min(1).max(5000),
  timeFormat: z.string().min(1).max(200).optional(),
  levels: z.record(z.string().min(1).max(100), z.string()).optional(),
  sample: z.string().max(4096).optional(),
})

/** Goes by standard input; paths are absolute. */
export const followRequestSchema = z.object({
  kind: z.literal('follow'),
  logDirectory: z.string().min(1),
  title: z.string().min(1).max(200),
  files: z.array(z.string().min(1)),
  /** Files that match join when they come, relative to `cwd`. */
  globs: z.array(z.string().min(1)).optional(),
  cwd: z.string().optional(),
  /** Files beyond so many do not join; those of `files` count. */
  maxFiles: z.number().int().positive().optional(),
  /** Files that never join. */
  leaveOut: z.array(z.string().min(1)).optional(),
  /** Where to begin; `{lines: 0}` is the end. */
  from: fromSchema,
  /** Where to begin in single files, by path. */
  positions: z.record(z.string(), fromSchema).optional(),
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'latin1']).optional(),
  formats: z.array(customFormatSchema).max(200).optional(),
  /** The recording ends, and says so, behind so much text. */
  maxBytes: z.number().int().positive().optional(),
})
export type FollowRequest = z.infer<typeof followRequestSchema>
