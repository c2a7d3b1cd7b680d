/** The settings `tapedeck.*`, checked: a bad value is named once with what was expected, and its default holds. */
import * as vscode from 'vscode'
import { z } from 'zod'
import { settingDefaults, type SettingKey } from '../shared/manifest'

const address = z
  .string()
  .refine(
    (text) => /^https?:\/\/\S+$/i.test(text) && URL.canParse(text),
    'an address that begins with https:// or http://',
  )

/** For each key its schema and, in words, what is expected. */
const schemas = {
  logDirectory: {
    schema: z.string().min(1).max(1000),
    expected: 'a folder, relative to the workspace folder or absolute',
  },
  'capture.url': { schema: address, expected: 'an address that begins with https:// or http://' },
  'capture.browser': { schema: z.string().max(4096), expected: 'the path of a browser, or nothing' },
  'capture.cdpUrl': { schema: z.string().max(4096), expected: 'an address such as http://127.0.0.1:9222, or nothing' },
  'capture.headless': { schema: z.boolean(), expected: 'true or false' },
  'capture.webSearch': { schema: z.enum(['auto', 'on', 'off']), expected: '"auto", "on" or "off"' },
  'capture.bodies': { schema: z.enum(['streams', 'none', 'all']), expected: '"streams", "none" or "all"' },
  'capture.timeoutSeconds': {
    schema: z.number().min(1).max(604_800),
    expected: 'a number of seconds from 1 to 604800',
  },
  // Its entries are checked one by one (launch/readLaunches.ts), so that one bad entry costs only itself.
  launches: { schema: z.array(z.unknown()), expected: 'a list of launches' },
  'launch.maxConcurrent': { schema: z.number().int().min(1).max(1000), expected: 'a whole number from 1 to 1000' },
  'launch.unbuffered': { schema: z.boolean(), expected: 'true or false' },
  'follow.patterns': {
    schema: z.array(z.string().min(1).max(1000)).max(100),
    expected: 'a list of globs such as **/*.log',
  },
  'follow.maxFiles': { schema: z.number().int().min(1).max(256), expected: 'a whole number from 1 to 256' },
  'follow.record': { schema: z.boolean(), expected: 'true or false' },
  'follow.maxRecordingMB': { schema: z.number().min(1).max(1_000_000), expected: 'a number of megabytes from 1' },
  'follow.encoding': { schema: z.enum(['utf-8', 'latin1']), expected: '"utf-8" or "latin1"' },
  // Its entries are checked one by one, so that one bad entry costs only itself.
  'follow.formats': { schema: z.array(z.unknown()).max(200), expected: 'a list of formats' },
  'notifications.finished': { schema: z.boolean(), expected: 'true or false' },
  'notifications.failed': { schema: z.boolean(), expected: 'true or false' },
  'retention.maxRuns': { schema: z.number().int().min(0), expected: 'a whole number from 0 (0: no bound)' },
  'retention.maxAgeDays': { schema: z.number().min(0), expected: 'a number of days from 0 (0: no bound)' },
  'retention.maxSizeGB': { schema: z.number().min(0), expected: 'a number of gigabytes from 0 (0: no bound)' },
} as const satisfies { [K in SettingKey]: { schema: z.ZodType; expected: string } }

export type SettingValue<K extends SettingKey> = z.infer<(typeof schemas)[K]['schema']>

export class Settings {
  private readonly told = new Set<string>()

  /** @param warn tells the person about a bad value */
  constructor(private readonly warn: (message: string) => void) {}

  /** The value of a setting for a workspace folder; the default where the value is bad. */
  get<K extends SettingKey>(key: K, scope?: vscode.Uri): SettingValue<K> {
    const value: unknown = vscode.workspace.getConfiguration('tapedeck', scope ?? null).get(key)
    const { schema, expected } = schemas[key]
    const result = schema.safeParse(value ?? settingDefaults[key])
    if (result.success) return result.data as SettingValue<K>
    const shown = JSON.stringify(value).slice(0, 100)
    const message = `The setting tapedeck.${key} is ${shown}, but should be ${expected}. Its default, ${JSON.stringify(settingDefaults[key])}, is used.`
    this.warnOnce(message)
    return settingDefaults[key] as unknown as SettingValue<K>
  }

  /** Tells the person about a bad value, the first time only. */
  warnOnce(message: string): void {
    if (this.told.has(message)) return
    this.told.add(message)
    this.warn(message)
  }
}
