/** Lines that go on with the entry above, told by their own shape: stack traces of Java, Node, Python, Go and .NET. */

const FRAME =
  /^\s{1,40}(?:at [^\s]|File "|\.\.\. \d+ (?:more|common|lines)|--- End of |---> |\^+\s*$|~*\^+~*\s*$|\[cause\]: |Suppressed: )|^(?:Caused by|Suppressed): |^\t.{1,1000}\.go:\d+|^--- End of |^ ---> /
const PYTHON_JOINT = /^(?:Traceback \(most recent call last\):|During handling of the above |The above exception was )/
/** `ValueError: boom`, `json.decoder.JSONDecodeError: …`, `KeyboardInterrupt` */
const PYTHON_END = /^[A-Za-z_][\w.]{0,200}(?::|$)/
const GO_START = /^(?:panic: |fatal error: |goroutine \d+ \[)/
const GO_LINE =
  /^(?:goroutine \d+|created by |\[signal |\s|exit status |[\w./*()-]{1,400}\(.{0,1000}\)(?: in goroutine \d+)?$|$)/

const NONE = 0
const PYTHON = 1
const GO = 2

/** Knows whether the lines above are those of a trace. */
export class Continuation {
  private state = NONE

  /** True while lines count whose shape alone says nothing. */
  get isInside(): boolean {
    return this.state !== NONE
  }

  /** A line was an entry of its own. */
  reset(): void {
    this.state = NONE
  }

  /** Whether the line goes on with what is above. The first line of a trace does not say so itself. */
  take(text: string): boolean {
    if (PYTHON_JOINT.test(text)) {
      const goesOn = this.state === PYTHON || !text.startsWith('Traceback')
      this.state = PYTHON
      return goesOn
    }
    if (this.state === PYTHON) {
      if (text === '' || /^\s/.test(text)) return true
      // The exception ends the trace; another may follow behind a blank line, which its first line says.
      this.state = NONE
      return PYTHON_END.test(text)
    }
    if (this.state === GO) {
      if (GO_LINE.test(text)) return true
      this.state = NONE
    }
    if (GO_START.test(text)) {
      this.state = GO
      return false
    }
    return FRAME.test(text)
  }
}
