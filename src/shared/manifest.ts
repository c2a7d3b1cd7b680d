/** The ids that package.json, the host and the tests share. A unit test compares them with package.json. */

export const commands = {
  startLiveCapture: 'tapedeck.startLiveCapture',
  openRun: 'tapedeck.openRun',
  stopRun: 'tapedeck.stopRun',
  stopAllRuns: 'tapedeck.stopAllRuns',
  exportRun: 'tapedeck.exportRun',
  deleteRun: 'tapedeck.deleteRun',
  showOutput: 'tapedeck.showOutput',
} as const

export const views = { container: 'tapedeck', runs: 'tapedeck.runs' } as const
export const viewTypes = { run: 'tapedeck.run' } as const

/** Settings by key (without `tapedeck.`), with their defaults. */
export const settingDefaults = {
  logDirectory: '.tapedeck',
  'capture.url': 'https://chatgpt.com/',
  'capture.browser': '',
  'capture.cdpUrl': '',
  'capture.headless': false,
  'capture.webSearch': 'auto',
  'capture.bodies': 'streams',
  'capture.timeoutSeconds': 600,
  'notifications.finished': true,
} as const
export type SettingKey = keyof typeof settingDefaults
