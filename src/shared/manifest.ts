/** The ids that package.json, the host and the tests share. A unit test compares them with package.json. */

export const commands = {
  startLiveCapture: 'tapedeck.startLiveCapture',
  launch: 'tapedeck.launch',
  /** Starts the launch that is selected in the Sources view. */
  launchSelected: 'tapedeck.launchSelected',
  editLaunches: 'tapedeck.editLaunches',
  refreshSources: 'tapedeck.refreshSources',
  rerun: 'tapedeck.rerun',
  saveLaunch: 'tapedeck.saveLaunch',
  followFile: 'tapedeck.followFile',
  openRun: 'tapedeck.openRun',
  /** Opens the run of a row. */
  openListedRun: 'tapedeck.openListedRun',
  /** Opens a run log of the Explorer. */
  openAsRun: 'tapedeck.openAsRun',
  /** Imports a file of the Explorer. */
  importFile: 'tapedeck.importFile',
  /** Opens the run that is selected in the Runs view, with the keys in its panel. */
  openSelectedRun: 'tapedeck.openSelectedRun',
  stopRun: 'tapedeck.stopRun',
  replayRun: 'tapedeck.replayRun',
  stopAllRuns: 'tapedeck.stopAllRuns',
  openTrajectories: 'tapedeck.openTrajectories',
  exportRun: 'tapedeck.exportRun',
  importRun: 'tapedeck.importRun',
  deleteRun: 'tapedeck.deleteRun',
  renameRun: 'tapedeck.renameRun',
  pinRun: 'tapedeck.pinRun',
  unpinRun: 'tapedeck.unpinRun',
  tagRun: 'tapedeck.tagRun',
  revealRun: 'tapedeck.revealRun',
  showInRuns: 'tapedeck.showInRuns',
  copyRunPath: 'tapedeck.copyRunPath',
  copyRunId: 'tapedeck.copyRunId',
  filterRuns: 'tapedeck.filterRuns',
  clearRunFilter: 'tapedeck.clearRunFilter',
  sortRuns: 'tapedeck.sortRuns',
  showMoreRuns: 'tapedeck.showMoreRuns',
  searchRuns: 'tapedeck.searchRuns',
  backToRunSearch: 'tapedeck.backToRunSearch',
  compareRuns: 'tapedeck.compareRuns',
  selectForCompare: 'tapedeck.selectForCompare',
  compareWithSelected: 'tapedeck.compareWithSelected',
  removeOldRuns: 'tapedeck.removeOldRuns',
  showOutput: 'tapedeck.showOutput',
} as const

export const views = { container: 'tapedeck', runs: 'tapedeck.runs', sources: 'tapedeck.sources' } as const
export const contextKeys = { runsFiltered: 'tapedeck.runsFiltered', hasSearched: 'tapedeck.hasSearchedRuns' } as const
/** `"type"` of a task in tasks.json that Tapedeck runs and records. */
export const taskType = 'tapedeck'
export const viewTypes = {
  run: 'tapedeck.run',
  trajectories: 'tapedeck.trajectories',
  compare: 'tapedeck.compare',
  log: 'tapedeck.log',
} as const
/** Set while a run is selected to be compared. */
export const comparableContext = 'tapedeck.selectedForCompare'

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
  launches: [],
  'launch.maxConcurrent': 8,
  'launch.unbuffered': true,
  'follow.patterns': ['**/*.log', '**/logs/**'],
  'follow.maxFiles': 16,
  'follow.record': true,
  'follow.maxRecordingMB': 1000,
  'follow.encoding': 'utf-8',
  'follow.formats': [],
  'notifications.finished': true,
  'notifications.failed': true,
  'retention.maxRuns': 0,
  'retention.maxAgeDays': 0,
  'retention.maxSizeGB': 5,
} as const
export type SettingKey = keyof typeof settingDefaults
