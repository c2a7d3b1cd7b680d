/** The answers of a capture as they grow. Drawn once a frame, and not while the panel is paused. */
import type { Client } from '../../src/shared/protocol/peer'
import type { ReplayState } from '../../src/shared/protocol/timeline'
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
  /** As they were at the moment that is replayed. */
  private replayed: ReadonlyMap<string, AnswerText> | undefined
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
    return [...(this.replayed ?? this.texts).values()]
      .map((answer) => answer.text)
      .filter((text) => text !== '')
      .join('\n\n---\n\n')
  }

  setPaused(paused: boolean): void {
    this.paused = paused
    this.schedule()
  }

  /** Shows the answers as they were; undefined: as they are. */
  replay(answers: ReplayState['answers'] | undefined): void {
    this.replayed =
      answers === undefined
        ? undefined
        : new Map(
            answers.map(({ message_id, text }) => {
              const answer = new AnswerText()
              answer.apply(0, text)
              return [message_id, answer]
            }),
          )
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
      this.shown = [...(this.replayed ?? this.texts)]
        .filter(([, answer]) => answer.text !== '')
        .map(([messageId, answer]) => ({
          messageId,
          paragraphs: answer.paragraphs,
          length: answer.text.length,
        }))
    })
  }
}
