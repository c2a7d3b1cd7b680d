/** The keys of a replay, wherever the panel has them. */

/** What they do. */
interface Player {
  readonly isActive: boolean
  begin(): void
  toggle(): void
  step(direction: 1 | -1): Promise<void>
  stepTo(what: 'turn' | 'marker', direction: 1 | -1): void
  leave(): Promise<void>
}

/**
 * @param canBegin whether the space bar begins a replay
 * @returns whether the key was one of them; then it has done what it does
 */
export function replayKey(event: KeyboardEvent, replay: Player, canBegin: boolean): boolean {
  const { key, target } = event
  // A button has the space bar for itself.
  const isOnControl = target instanceof Element && target.closest('button, select, summary, [role="menuitem"]') !== null
  if (key === ' ' && !isOnControl && replay.isActive) replay.toggle()
  else if (key === ' ' && !isOnControl && canBegin) replay.begin()
  else if (!replay.isActive) return false
  else if (key === '.') void replay.step(1)
  else if (key === ',') void replay.step(-1)
  else if (key === '>') replay.stepTo('turn', 1)
  else if (key === '<') replay.stepTo('turn', -1)
  else if (key === 'Escape') void replay.leave()
  else return false
  event.preventDefault()
  return true
}
