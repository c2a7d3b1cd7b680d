// Builds for release and packs tapedeck-<version>.vsix.
// Usage: node scripts/package.mjs [--out FILE]
import { readFileSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { continueInNode24, isMain, root, setup, SetupError } from './setup.mjs'

/** More than this in one package means that something slipped in. */
const maxBytes = 8_000_000

/** What the package can't do without, besides all that is built. */
const required = [
  'extension/dist/webview/main.css',
  'extension/dist/webview/standalone.css',
  'extension/node_modules/playwright-core/index.js',
  'extension/node_modules/@lydell/node-pty/index.js',
  'extension/LICENSE.txt',
]

/**
 * Builds and packs the extension.
 * @param {{out?: string}} [options] out: the file; by default tapedeck-<version>.vsix in the project's folder
 * @returns {Promise<string>} the file's path
 * @throws {Error} when a part is missing or the package is too large
 */
export async function packageExtension({ out } = {}) {
  const { buildAll, outputs } = await import('../esbuild.mjs')
  await buildAll({ minify: true, quiet: true })
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  const packagePath = out ?? path.join(root, `tapedeck-${version}.vsix`)
  await mkdir(path.dirname(packagePath), { recursive: true })
  const { createVSIX } = await import('@vscode/vsce')
  await createVSIX({ cwd: root, packagePath })
  const names = await namesIn(packagePath)
  const needed = [...required, ...outputs.map((file) => `extension/${file}`)]
  const missing = needed.filter((name) => !names.includes(name))
  if (missing.length > 0) throw new Error(`the package lacks ${missing.join(', ')}`)
  const bytes = statSync(packagePath).size
  if (bytes > maxBytes) throw new Error(`the package has ${String(bytes)} bytes, more than ${String(maxBytes)}`)
  console.log(`${packagePath}: ${(bytes / 1e6).toFixed(1)} MB, ${String(names.length)} files`)
  return packagePath
}

/** The names of the files in a zip: its directory at the end lists them. */
async function namesIn(file) {
  const bytes = readFileSync(file)
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  const names = []
  let at = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset))
    names.push(bytes.toString('utf8', at + 46, at + 46 + name))
    at += 46 + name + extra + comment
  }
  return names
}

if (isMain(import.meta.url)) {
  try {
    await continueInNode24(import.meta.url)
    await setup({ need: ['node', 'modules'] })
    const { values } = parseArgs({ options: { out: { type: 'string' } } })
    await packageExtension(values)
  } catch (error) {
    console.error(error instanceof SetupError ? `npm run package: ${error.message}` : error)
    process.exitCode = 1
  }
}
