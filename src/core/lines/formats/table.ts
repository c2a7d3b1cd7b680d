/** Every format, in the order they are asked: what says more about a line before what says less. */
import { androidFormats } from './android'
import { databaseFormats } from './databases'
import { dotnetFormats } from './dotnet'
import { genericFormats } from './generic'
import { goFormats } from './go'
import { javaFormats } from './java'
import { anyJson, jsonFormats, logfmt } from './jsonFormats'
import type { LineFormat, WrappedFormat } from './lineFormat'
import { platformFormats } from './platforms'
import { pythonFormats } from './python'
import { rustFormats } from './rust'
import { syslogFormats } from './syslog'
import { webFormats } from './web'

const wrappedFormats: readonly WrappedFormat[] = [
  { kind: 'wrapped', id: 'docker', name: 'Docker (json-file)', wrapper: 'docker' },
  { kind: 'wrapped', id: 'cri', name: 'Kubernetes (CRI)', wrapper: 'cri' },
]

/** What tells most is first; the last are lines that begin with a time, and JSON of any kind. */
export const builtInFormats: readonly LineFormat[] = [
  ...wrappedFormats,
  ...jsonFormats,
  ...androidFormats,
  ...webFormats,
  ...syslogFormats,
  ...javaFormats,
  ...pythonFormats,
  ...rustFormats,
  ...dotnetFormats,
  ...databaseFormats,
  ...goFormats,
  ...platformFormats,
  logfmt,
  anyJson,
  ...genericFormats,
]

const vague = new Set<LineFormat>([
  ...genericFormats,
  anyJson,
  ...goFormats.filter(({ id }) => id === 'go-log'),
  ...platformFormats.filter(({ id }) => id === 'epoch'),
])

/** Whether a line of this format may well be one of another that says more. */
export function isVague(format: LineFormat): boolean {
  return vague.has(format)
}

/** All JSON is read the same way: one of its flavours is enough to be asked. */
const askedOnce = builtInFormats.filter((format) => format.kind !== 'json' || format === anyJson)
const byStart: readonly (readonly LineFormat[])[] = Array.from({ length: 128 }, (_, code) =>
  askedOnce.filter((format) => mayStart(format, String.fromCharCode(code))),
)

function mayStart(format: LineFormat, character: string): boolean {
  switch (format.kind) {
    case 'json':
      return character === '{'
    case 'logfmt':
      return /[\w@.]/.test(character)
    case 'wrapped':
      return format.wrapper === 'docker' ? character === '{' : /\d/.test(character)
    case 'pattern':
      return format.starts === undefined || new RegExp(`[${format.starts}]`).test(character)
  }
}

/** The formats that a line with this first character may have. */
export function formatsFor(text: string): readonly LineFormat[] {
  return byStart[text.charCodeAt(0)] ?? []
}
