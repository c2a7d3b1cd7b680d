/**
 * How the runs of this workspace were started, for Re-run and Save as Launch. What holds a secret is kept as long as the
 * window lives and not written to the disk.
 */
import type * as vscode from 'vscode'
import { z } from 'zod'
import { createRedactor } from '../../core/redact/redactor'
import { launchConfigurationSchema } from '../../shared/launch'

/** Of the editor that the person was in when a run was started; Re-run means the same one. */
const editorFactsSchema = z.object({
  file: z.string().optional(),
  selectedText: z.string().optional(),
  lineNumber: z.number().optional(),
})
export type EditorFacts = z.infer<typeof editorFactsSchema>

const rememberedSchema = z.object({
  configuration: launchConfigurationSchema,
  folder: z.string().optional(),
  named: z.literal(true).optional(),
  literal: z.literal(true).optional(),
  /** The file that a `forEach` launch was for. */
  item: z.string().optional(),
  editor: editorFactsSchema,
})
export type RememberedLaunch = z.infer<typeof rememberedSchema>

const KEY = 'tapedeck.launches'
const MAX_KEPT = 200
/** What is larger, such as a whole file that was selected, is kept as long as the window lives. */
const MAX_CHARS = 50_000

export class LaunchMemory {
  private readonly recent = new Map<string, RememberedLaunch>()

  constructor(private readonly state: vscode.Memento) {}

  async remember(captureId: string, launch: RememberedLaunch): Promise<void> {
    this.recent.set(captureId, launch)
    if (holdsSecret(launch) || JSON.stringify(launch).length > MAX_CHARS) return
    const kept = Object.entries({ ...this.kept, [captureId]: launch }).slice(-MAX_KEPT)
    await this.state.update(KEY, Object.fromEntries(kept))
  }

  recall(captureId: string): RememberedLaunch | undefined {
    const known = this.recent.get(captureId)
    if (known !== undefined) return known
    const parsed = rememberedSchema.safeParse(this.kept[captureId])
    return parsed.success ? parsed.data : undefined
  }

  private get kept(): Readonly<Record<string, unknown>> {
    const kept = z.record(z.string(), z.unknown()).safeParse(this.state.get(KEY))
    return kept.success ? kept.data : {}
  }
}

function holdsSecret({ configuration, editor }: RememberedLaunch): boolean {
  const redactor = createRedactor()
  const { env, ...rest } = configuration
  redactor.redactHead({ ...rest, ...editor })
  for (const [name, value] of Object.entries(env ?? {})) redactor.redactText(`${name}=${value ?? ''}`)
  redactor.redactHead(env ?? {})
  return Object.keys(redactor.counts).length > 0
}
