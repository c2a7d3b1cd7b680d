/** Reads the setting `tapedeck.follow.formats`: each bad entry is named with its key and what is wrong; the good ones hold. */
import { compileFormat, type CustomFormat } from '../../core/lines/formats/custom'
import { customFormatSchema } from '../../shared/follow'
import { UserError } from '../../shared/userError'

/** @param entries the value of the setting */
export function readFormats(entries: readonly unknown[]): {
  readonly formats: readonly CustomFormat[]
  readonly problems: readonly string[]
} {
  const formats: CustomFormat[] = []
  const problems: string[] = []
  for (const [index, entry] of entries.entries()) {
    const parsed = customFormatSchema.safeParse(entry)
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      const key = issue?.path.join('.') ?? ''
      problems.push(
        `Entry ${String(index + 1)} of tapedeck.follow.formats${key === '' ? '' : `, ${key}`}: ${issue?.message ?? 'not a format'}.`,
      )
      continue
    }
    const format = parsed.data as CustomFormat
    try {
      if (formats.some(({ name }) => name === format.name))
        throw new UserError(`The log format "${format.name}" is there twice.`, 'bad_format')
      compileFormat(format)
      formats.push(format)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      problems.push(error.message)
    }
  }
  return { formats, problems }
}
