/**
 * Tests get a second try in CI, as Playwright gives one there: its machines stop for seconds at a time, and many tests have a real
 * browser, editor, process or disk. What needed it is named in the report, so that it is mended and not forgotten; the name of a
 * property test has its seed.
 */
import Mocha from 'mocha'

export const mochaHooks = {
  afterEach(this: Mocha.Context): void {
    const test = this.currentTest
    // The types keep it to subclasses; mocha documents it as public.
    const tries = (test as { currentRetry?: () => number } | undefined)?.currentRetry?.() ?? 0
    if (test?.state === 'passed' && tries > 0)
      Mocha.reporters.Base.consoleLog(`    on the second try: ${test.fullTitle()}`)
  },
}
