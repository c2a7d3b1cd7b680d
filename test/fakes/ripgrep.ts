/** A ripgrep on this machine: TAPEDECK_RG, the development editor's, or one in PATH. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { findRipgrep } from '../../src/node/textfile/ripgrepPath'

/** Where scripts/setup.mjs puts the editor. */
const CACHE = path.join(os.homedir(), '.cache', 'tapedeck-dev')
const IN_PATH = 'rg'
const IN_EDITOR = path.join('node_modules', 'code-server', 'lib', 'vscode')

export function ripgrepHere(): string | undefined {
  const named = process.env['TAPEDECK_RG']
  if (named !== undefined) return named
  const editors = existsSync(CACHE) ? readdirSync(CACHE).filter((name) => name.startsWith('code-server-')) : []
  const ofEditor = editors
    .map((name) => findRipgrep(path.join(CACHE, name, IN_EDITOR)))
    .find((one) => one !== undefined)
  return ofEditor ?? (spawnSync(IN_PATH, ['--version'], { stdio: 'ignore' }).error === undefined ? IN_PATH : undefined)
}
