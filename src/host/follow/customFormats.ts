/** The formats of log lines in the settings; the bad ones are told once. */
import type { CustomFormat } from '../../core/lines/formats/custom'
import type { Settings } from '../settings'
import { readFormats } from './readFormats'

export function customFormats(settings: Settings): readonly CustomFormat[] {
  const { formats, problems } = readFormats(settings.get('follow.formats'))
  for (const problem of problems) settings.warnOnce(problem)
  return formats
}
