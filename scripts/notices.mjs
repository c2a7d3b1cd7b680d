// The licences of the packages whose code is inside our bundles.
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './setup.mjs'

/**
 * @param {{inputs: Record<string, unknown>}[]} metafiles esbuild's lists of what went into the bundles
 * @returns {string} one text: each package with its version and the text of its licence
 * @throws {Error} when a package names no licence
 */
export function noticesOf(metafiles) {
  const names = new Set()
  for (const { inputs } of metafiles) {
    for (const file of Object.keys(inputs)) {
      const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)
      if (match !== null) names.add(match[1])
    }
  }
  const parts = [...names].sort().map((name) => {
    const folder = path.join(root, 'node_modules', name)
    const about = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
    if (typeof about.license !== 'string') throw new Error(`${name} names no licence in its package.json`)
    const files = globSync(['LICENSE*', 'LICENCE*', 'license*'], { cwd: folder }).filter((file) =>
      existsSync(path.join(folder, file)),
    )
    const texts = [...new Set(files)].sort().map((file) => readFileSync(path.join(folder, file), 'utf8').trim())
    return `${name} ${about.version} (${about.license})\n\n${texts.join('\n\n')}`.trim()
  })
  return `Tapedeck contains code of these packages.\n\n${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}
