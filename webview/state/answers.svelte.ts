/** The answers of a capture as they grow. Drawn once a frame, and not while the panel is paused. */
import type { Client } from '../../src/shared/protocol/peer'
import { AnswerText } from '../lib/answerText'

export interface ShownAnswer {
  readonly messageId: string
  readonly paragraphs: readonly string[]
  readonly length: number
}

export class Answers {
  shown = $state.raw<readonly ShownAnswer[]>([])

  private readonly texts = new Map<string, AnswerText>()
  private frameRequest: number | undefined
  private paused = false
  private readonly stop: () => void

  constructor(
    client: Client,
    /** Called when a piece is missing: everything must come again. */
    onGap: () => void,
  ) {
    this.stop = client.on('answer', ({ message_id, from, text }) => {
      const answer = this.texts.get(message_id) ?? new AnswerText()
      this.texts.set(message_id, answer)
      if (!answer.apply(from, text)) onGap()
      this.schedule()
    })
  }

  /** All answers as they came, one after the other: Markdown as the model wrote it. */
  get markdown(): string {
    return [...this.texts.values()]
      .map((answer) => answer.text)
      .filter((text) => text !== '')
      .join('\n\n---\n\n')
  }

  setPaused(paused: boolean): void {
    this.paused = paused
    this.schedule()
  }

  dispose(): void {
    this.stop()
    if (this.frameRequest !== undefined) cancelAnimationFrame(this.frameRequest)
  }

  private schedule(): void {
    this.frameRequest ??= requestAnimationFrame(() => {
      this.frameRequest = undefined
      if (this.paused) return
      this.shown = [...this.texts]
        .filter(([, answer]) => answer.text !== '')
        .map(([messageId, answer]) => ({
          messageId,
          paragraphs: answer.paragraphs,
          length: answer.text.length,
        }))
    })
  }
}
