/** `<capture_id>.notes.json`: what a person said of a run after it was recorded. The log itself never changes. */
import { z } from 'zod'

export const NOTES_FORMAT = 'tapedeck-notes/1'

const noteMarkerSchema = z.object({
  /** The event that it stands at. */
  seq: z.number().int().nonnegative(),
  /** Of that event; milliseconds since the epoch. */
  time: z.number(),
  name: z.string().max(200),
})

/** Keys that a later version writes are kept. */
export const notesSchema = z.looseObject({
  format: z.literal(NOTES_FORMAT),
  /** In place of the title in the log. */
  title: z.string().min(1).max(500).optional(),
  /** Never removed by retention. */
  pinned: z.boolean().optional(),
  tags: z.array(z.string().min(1).max(100)).max(50).optional(),
  markers: z.array(noteMarkerSchema).max(1000).optional(),
})
export type Notes = z.infer<typeof notesSchema>
