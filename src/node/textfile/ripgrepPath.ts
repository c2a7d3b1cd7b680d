/** Where an editor keeps its ripgrep: the package has had several names, and may lie beside the archive of the others. */
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'

const MODULES = ['node_modules', 'node_modules.asar.unpacked']

/** @param appRoot the editor's own folder; undefined when there is none in it */
export function findRipgrep(appRoot: string): string | undefined {
  const name = process.platform === 'win32' ? 'rg.exe' : 'rg'
  for (const modules of MODULES) {
    const scope = path.join(appRoot, modules, '@vscode')
    for (const packageName of existsSync(scope) ? readdirSync(scope) : []) {
      if (!packageName.startsWith('ripgrep')) continue
      const bin = path.join(scope, packageName, 'bin')
      const found = [path.join(bin, name), path.join(bin, `${process.platform}-${process.arch}`, name)].find(existsSync)
      if (found !== undefined) return found
    }
  }
  return undefined
}
