// What mocha is told where CI gives tests a second try; test/secondTry.ts says why.
import path from 'node:path'
import process from 'node:process'

/** @param {string} outdir where `test/secondTry.js` was built */
export function secondTry(outdir) {
  if (process.env.CI === undefined) return []
  return ['--retries', '1', '--require', path.join(outdir, 'test/secondTry.js')]
}
