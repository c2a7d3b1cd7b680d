/** The bundle of a store's threads as it ships, made for a test. */
import { build } from 'esbuild'

declare const __PROJECT_ROOT__: string

/** @param entry from the project's folder @param script where the bundle is written */
export async function buildThread(entry: string, script: string): Promise<void> {
  await build({
    absWorkingDir: __PROJECT_ROOT__,
    entryPoints: [entry],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    logLevel: 'warning',
  })
}
