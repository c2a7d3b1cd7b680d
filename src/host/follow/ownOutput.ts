/** Our own Output channels are files of the editor. Followed and recorded, each of their lines would make another. */
import path from 'node:path'

/** Where the editor keeps the channels of a window that are plain text. */
const PLAIN_CHANNELS = /^output_logging_/

/** @param logFolder the folder of the extension's own log, as the editor names it @param file absolute, links followed */
export function isOwnOutput(logFolder: string, file: string): boolean {
  const [folder = '', name = ''] = path.relative(path.dirname(logFolder), file).split(path.sep)
  return (
    folder === path.basename(logFolder) || (PLAIN_CHANNELS.test(folder) && /^\d+-Tapedeck(?: Log)?\.log$/.test(name))
  )
}
