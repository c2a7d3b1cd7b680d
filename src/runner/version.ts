import { version } from '../../package.json'

/** What wrote a log: `head.tool`. */
export const TOOL = { name: 'tapedeck', version }
