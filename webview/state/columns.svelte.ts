/** Which columns the rows of a panel have: as the person chose in it, else as they chose last anywhere. */
import type { Habits, RequestName } from '../../src/shared/protocol/contract'
import type { CallParams } from '../../src/shared/protocol/peer'
import type { SavedState } from '../lib/savedState'
import { nextTimeMode, type TimeMode } from '../lib/timeColumn'

interface ColumnsPanel {
  readonly isLog: boolean
  readonly followed: { readonly info: object | undefined }
  act<N extends RequestName>(name: N, params: CallParams<N>): Promise<boolean>
}

export class Columns {
  private times = $state<TimeMode>()
  private message = $state<boolean>()
  private usual = $state.raw<Habits>({})

  constructor(
    private readonly panel: ColumnsPanel,
    saved: SavedState,
    private readonly onIntent: () => void,
  ) {
    this.times = saved.timeMode
    this.message = saved.messageOnly
  }

  /** What was chosen in this panel. */
  get chosen(): Pick<SavedState, 'timeMode' | 'messageOnly'> {
    return { timeMode: this.times, messageOnly: this.message }
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

  get nextTimeMode(): TimeMode {
    return nextTimeMode(this.timeMode, this.panel.followed.info === undefined)
  }

  switchTimeMode(): void {
    const timeMode = this.nextTimeMode
    this.times = timeMode
    this.onIntent()
    // What suits a log does not suit a command, which writes no times.
    if (!this.panel.isLog) void this.panel.act('panel/remember', { timeMode })
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
