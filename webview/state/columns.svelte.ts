/** Which columns the rows of a panel have, and which rows: as the person chose in it, else as they chose last anywhere. */
import type { Habits, RequestName } from '../../src/shared/protocol/contract'
import type { CallParams } from '../../src/shared/protocol/peer'
import type { SavedState } from '../lib/savedState'
import type { TimeMode } from '../lib/timeColumn'
import type { Zone } from '../../src/shared/lib/format'

interface ColumnsPanel {
  readonly isLog: boolean
  readonly followed: { readonly info: object | undefined }
  act<N extends RequestName>(name: N, params: CallParams<N>): Promise<boolean>
}

export class Columns {
  private times = $state<TimeMode>()
  private clockZone = $state<Zone>()
  private message = $state<boolean>()
  private equal = $state<boolean>()
  private usual = $state.raw<Habits>({})

  constructor(
    private readonly panel: ColumnsPanel,
    saved: SavedState,
    private readonly onIntent: () => void,
  ) {
    this.times = saved.timeMode
    this.clockZone = saved.zone
    this.message = saved.messageOnly
    this.equal = saved.folds
  }

  /** What was chosen in this panel. */
  get chosen(): Pick<SavedState, 'timeMode' | 'zone' | 'messageOnly' | 'folds'> {
    return { timeMode: this.times, zone: this.clockZone, messageOnly: this.message, folds: this.equal }
  }

  takeUsual(habits: Habits): void {
    this.usual = habits
  }

  get timeMode(): TimeMode {
    if (this.times !== undefined) return this.times
    // The lines of a log begin with their own time, unless they are shown without it.
    if (this.panel.isLog) return this.messageOnly ? 'clock' : 'off'
    return this.usual.timeMode ?? 'clock'
  }

  setTimeMode(timeMode: TimeMode): void {
    this.times = timeMode
    this.onIntent()
    // What suits a log does not suit a command, which writes no times.
    if (!this.panel.isLog) void this.panel.act('panel/remember', { timeMode })
  }

  /** The zone of every time in the panel. */
  get zone(): Zone {
    return this.clockZone ?? this.usual.zone ?? 'local'
  }

  setZone(zone: Zone): void {
    this.clockZone = zone
    this.onIntent()
    void this.panel.act('panel/remember', { zone })
  }

  /** Whether equal neighbours are drawn as one row. */
  get folds(): boolean {
    return this.equal ?? this.usual.folds ?? true
  }

  switchFolds(): void {
    const folds = !this.folds
    this.equal = folds
    this.onIntent()
    void this.panel.act('panel/remember', { folds })
  }

  /** Whether the lines of files are shown as level, logger and message, where they are understood. */
  get messageOnly(): boolean {
    return this.panel.followed.info !== undefined && (this.message ?? this.usual.messageOnly ?? false)
  }

  switchMessageOnly(): void {
    const messageOnly = !this.messageOnly
    this.message = messageOnly
    // What was chosen for lines with their own time does not suit those without.
    this.times = undefined
    this.onIntent()
    void this.panel.act('panel/remember', { messageOnly })
  }
}
