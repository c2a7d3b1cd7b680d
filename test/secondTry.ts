/**
 * Tests with a real browser or editor get a second try in CI, as Playwright gives one there: its machines stop for seconds at a
 * time. What needed it is named in the report, so that it is mended and not forgotten.
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
