/** The threads of a run log's store as they are, made for a test. */
import { build } from 'esbuild'

declare const __PROJECT_ROOT__: string

/** @param script where their bundle is written */
export async function buildLogWorker(script: string): Promise<void> {
  await build({
    absWorkingDir: __PROJECT_ROOT__,
    entryPoints: ['src/node/store/worker.ts'],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    logLevel: 'warning',
  })
}
