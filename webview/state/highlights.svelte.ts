/** Words that the person highlights in the list, each in a colour of its own; kept with the panel. */
import { plainText } from '../lib/outputText'

const MAX_WORDS = 12
const MAX_LENGTH = 200

export class Highlights {
  words = $state.raw<readonly string[]>([])

  /** @param changed called when they are others */
  constructor(
    words: readonly string[],
    private readonly changed: () => void,
  ) {
    this.words = words.slice(0, MAX_WORDS)
  }

  /** Takes the selected text, else the given one. Returns false when there is nothing to highlight. */
  add(fallback: string): boolean {
    const selection = document.getSelection()
    const selected = selection?.isCollapsed === false ? selection.toString() : ''
    const word =
      plainText(selected === '' ? fallback : selected)
        .trim()
        .split('\n')[0]
        ?.slice(0, MAX_LENGTH) ?? ''
    if (word === '') return false
    if (!this.words.includes(word)) {
      this.words = [...this.words, word].slice(-MAX_WORDS)
      this.changed()
    }
    return true
  }

  remove(word: string): void {
    this.words = this.words.filter((other) => other !== word)
    this.changed()
  }
}
