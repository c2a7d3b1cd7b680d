/** Stands in for the person: hears what the extension says and answers its questions. */
import * as vscode from 'vscode'

const spoken = ['showErrorMessage', 'showWarningMessage', 'showInformationMessage'] as const

export interface Person {
  /** Messages so far, in order. */
  readonly heard: string[]
  /** The buttons of each of them. */
  readonly offered: string[][]
  /** The button that is pressed in the next messages that have it. */
  press: string | undefined
  /** What is typed into the next input boxes; undefined cancels. */
  type: string | undefined
  /** Input boxes so far. */
  asked: number
  /** What was in each of them when it opened. */
  readonly filled: string[]
  /** The lists to choose from that were opened, the editor's own. */
  readonly picks: vscode.QuickPick<vscode.QuickPickItem>[]
}

/** Call inside `describe`: during its tests nobody sees a message and nothing waits for an answer. */
export function person(): Person {
  const one: Person = { heard: [], offered: [], press: undefined, type: undefined, asked: 0, filled: [], picks: [] }
  const originals = new Map<string, unknown>()
  const window = vscode.window as unknown as Record<string, unknown>
  const replace = (name: string, by: unknown): void => {
    originals.set(name, window[name])
    window[name] = by
  }
  before(() => {
    for (const name of spoken) {
      replace(name, (message: string, ...rest: readonly unknown[]) => {
        // The ends of earlier runs are told at their own time.
        if (!rest.includes('Show')) {
          one.heard.push(message)
          one.offered.push(rest.filter((part): part is string => typeof part === 'string'))
        }
        return Promise.resolve(rest.find((button) => button === one.press && button !== undefined))
      })
    }
    replace('showInputBox', ({ value = '' }: vscode.InputBoxOptions) => {
      one.asked++
      one.filled.push(value)
      return Promise.resolve(one.type)
    })
    const createQuickPick = vscode.window.createQuickPick.bind(vscode.window)
    replace('createQuickPick', () => {
      const pick = createQuickPick()
      one.picks.push(pick)
      return pick
    })
  })
  beforeEach(() => {
    one.filled.length = 0
    one.picks.length = 0
    one.heard.length = 0
    one.offered.length = 0
    one.press = undefined
    one.type = undefined
    one.asked = 0
  })
  after(() => {
    for (const [name, original] of originals) window[name] = original
  })
  return one
}
