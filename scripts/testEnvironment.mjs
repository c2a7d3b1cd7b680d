// What tests with a browser or an editor find in their environment.
import process from 'node:process'
import { setup } from './setup.mjs'

/** Marks every process that one run of the tests starts; test/editor/processes.ts looks for it. */
export const markVariable = 'TAPEDECK_TEST_RUN'

/**
 * Brings browser, screen and editor, and names them.
 * @returns {Promise<NodeJS.ProcessEnv>} this process's environment and TAPEDECK_CHROMIUM, TAPEDECK_XVFB (where there is
 *   no screen), TAPEDECK_EDITOR_PROGRAM (JSON) and the mark
 */
export async function testEnvironment() {
  const { env, editor } = await setup({ need: ['node', 'modules', 'browser', 'display', 'editor'] })
  return {
    ...env,
    TAPEDECK_EDITOR_PROGRAM: JSON.stringify(editor),
    [markVariable]: process.env[markVariable] ?? `${String(process.pid)}-${String(Date.now())}`,
  }
}
