/**
 * Understanding lines: level and time from bytes, and the full parse, in lines a second by format, beside what one would write by
 * hand (a string, one regular expression and one Date a line) and `wc -l` over the same bytes. All of it on one core, in one run.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { detectFormat } from '../src/core/lines/detectFormat'
import { createLevelTimeScanner } from '../src/core/lines/levelTime'
import { createLineParser } from '../src/core/lines/lineParser'

const LINES = Number(process.env['TAPEDECK_BENCH_LINES'] ?? 500_000)
const NEWLINE = 10
const ROUNDS = 3
const SCANNED = 5_000_000
const PARSED = 200_000

interface Text {
  readonly name: string
  readonly isCommon: boolean
  /** @param i the number of the line, `time` an ISO time */
  readonly line: (i: number, time: string) => string
  /** What one would write by hand: time and level. */
  readonly peer: RegExp
}

const words = [
  'request handled',
  'cache miss for key user',
  'connection accepted from',
  'query took',
  'retrying the upload of',
]
const levels = ['INFO', 'INFO', 'DEBUG', 'INFO', 'WARN', 'INFO', 'ERROR', 'INFO']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const levelOf = (i: number) => levels[i % levels.length] ?? ''
const textOf = (i: number) =>
  `${words[i % words.length] ?? ''} ${String(i * 7919)} in ${String(i % 900)} ms, shard ${String(i % 16)}`
const bsd = (time: string) =>
  `${months[Number(time.slice(5, 7)) - 1] ?? ''} ${time.slice(8, 10).replace(/^0/, ' ')} ${time.slice(11, 19)}`
const clf = (time: string) =>
  `${time.slice(8, 10)}/${months[Number(time.slice(5, 7)) - 1] ?? ''}/${time.slice(0, 4)}:${time.slice(11, 19)} +0000`
const blank = (time: string) => time.slice(0, 23).replace('T', ' ')

const texts: readonly Text[] = [
  {
    name: 'time and level',
    isCommon: true,
    line: (i, time) => `${time} ${levelOf(i)} ${textOf(i)}`,
    peer: /^(\S+) ([A-Z]+)/,
  },
  {
    name: 'Logback',
    isCommon: true,
    line: (i, time) =>
      i % 50 === 49
        ? '\tat com.example.shop.OrderService.place(OrderService.java:120)'
        : `${blank(time)} [http-nio-8080-exec-${String(i % 20)}] ${levelOf(i).padEnd(5)} com.example.shop.OrderService - ${textOf(i)}`,
    peer: /^([\d-]+ [\d:.]+) \[[^\]]*\] ([A-Z]+)/,
  },
  {
    name: 'Python logging',
    isCommon: true,
    line: (i, time) => `${blank(time).replace('.', ',')} - shop.orders - ${levelOf(i)} - ${textOf(i)}`,
    peer: /^([\d-]+ [\d:,]+) - \S+ - ([A-Z]+)/,
  },
  {
    name: 'JSON (pino)',
    isCommon: true,
    line: (i, time) =>
      JSON.stringify({
        level: 10 * (1 + (i % 5)),
        time: Date.parse(time),
        pid: 4242,
        hostname: 'demo',
        req: i,
        msg: textOf(i),
      }),
    peer: /"level":(\d+),"time":(\d+)/,
  },
  {
    // Each byte is looked at before the time is found: 4 M.
    name: 'JSON (time last)',
    isCommon: false,
    line: (i, time) => JSON.stringify({ service: 'shop', msg: textOf(i), level: levelOf(i).toLowerCase(), ts: time }),
    peer: /"level":"(\w+)","ts":"([^"]+)"/,
  },
  {
    name: 'logcat',
    isCommon: true,
    line: (i, time) =>
      `${blank(time).slice(5)}  1234  ${String(1200 + (i % 90))} ${levelOf(i).charAt(0)} OrderService: ${textOf(i)}`,
    peer: /^(\S+ \S+) +\d+ +\d+ ([A-Z])/,
  },
  {
    name: 'syslog with a priority',
    isCommon: true,
    line: (i, time) => `<${String(8 + (i % 8))}>${bsd(time)} host shop[4242]: ${textOf(i)}`,
    peer: /^<(\d+)>(\w+ +\d+ [\d:]+)/,
  },
  {
    name: 'syslog without',
    isCommon: true,
    line: (i, time) => `${bsd(time)} host shop[4242]: ${textOf(i)}`,
    peer: /^(\w+ +\d+ [\d:]+)/,
  },
  {
    name: 'klog',
    isCommon: true,
    line: (i, time) =>
      `${'IWEI'.charAt(i % 4)}${time.slice(5, 7)}${time.slice(8, 10)} ${time.slice(11, 23)}000    4242 server.go:42] ${textOf(i)}`,
    peer: /^([IWEF])(\d{4} [\d:.]+)/,
  },
  {
    name: 'access log',
    isCommon: true,
    line: (i, time) =>
      `203.0.113.${String(i % 250)} - - [${clf(time)}] "GET /api/orders/${String(i)}?page=2 HTTP/1.1" ${i % 9 === 0 ? '404' : '200'} ${String(i % 9000)} "-" "Mozilla/5.0 (X11; Linux x86_64)"`,
    peer: /^\S+ \S+ \S+ \[([^\]]+)\] "[^"]*" (\d{3})/,
  },
  {
    name: 'logfmt',
    isCommon: true,
    line: (i, time) => `time=${time} level=${levelOf(i).toLowerCase()} msg="${textOf(i)}" shard=${String(i % 16)}`,
    peer: /time=(\S+) level=(\w+)/,
  },
  {
    name: 'Kubernetes (CRI) around Logback',
    isCommon: true,
    line: (i, time) =>
      `${time.slice(0, 23)}456789Z stdout F ${blank(time)} [main] ${levelOf(i)} com.example.shop.OrderService - ${textOf(i)}`,
    peer: /^(\S+) \S+ F \S+ \S+ \[[^\]]*\] ([A-Z]+)/,
  },
  {
    name: 'Docker around a time and level',
    isCommon: false,
    line: (i, time) =>
      `{"log":"${time} ${levelOf(i)} ${textOf(i)}\\n","stream":"stdout","time":"${time.slice(0, 23)}456789Z"}`,
    peer: /"log":"\S+ ([A-Z]+).*"time":"([^"]+)"/,
  },
  { name: 'time alone', isCommon: false, line: (i, time) => `${time} ${textOf(i)}`, peer: /^(\S+) / },
  { name: 'no format', isCommon: false, line: (i) => textOf(i), peer: /\b(error|warn|info)\b/i },
]

/** The best of some rounds, in lines a second of processor time: what else the machine does is not counted. */
function rate(lines: number, run: () => void): number {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage()
    run()
    const { user, system } = process.cpuUsage(start)
    best = Math.min(best, user + system)
  }
  return (lines / best) * 1e6
}

/** The same by the clock, for another program. */
function rateByClock(lines: number, run: () => void): number {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    run()
    best = Math.min(best, performance.now() - start)
  }
  return (lines / best) * 1000
}

const millions = (value: number) => `${(value / 1e6).toFixed(value < 1e6 ? 2 : 1)} M`

function measure(text: Text, folder: string): void {
  const lines = Array.from({ length: LINES }, (_, i) =>
    text.line(i, new Date(Date.UTC(2026, 9, 1) + i * 37).toISOString()),
  )
  const bytes = Buffer.from(`${lines.join('\n')}\n`)
  const format = detectFormat(lines.slice(0, 50))
  const options = { now: Date.UTC(2026, 10, 20), offsetMinutes: 0 }
  let found = 0
  const scanned = rate(LINES, () => {
    const scanner = createLevelTimeScanner(format, options)
    found = 0
    for (let at = 0; at < bytes.length;) {
      const end = bytes.indexOf(NEWLINE, at)
      scanner.scan(bytes, at, end)
      if (scanner.level > 0) found++
      at = end + 1
    }
  })
  const some = lines.slice(0, Math.min(LINES, 100_000))
  let parsedLevels = 0
  const parsed = rate(some.length, () => {
    const parser = createLineParser(options)
    parsedLevels = 0
    for (const line of some) if (parser.parse(line).level !== undefined) parsedLevels++
  })
  const peer = rate(some.length, () => {
    let sum = 0
    let at = 0
    for (let i = 0; i < some.length; i++) {
      const end = bytes.indexOf(NEWLINE, at)
      const match = text.peer.exec(bytes.toString('utf8', at, end))
      sum += Date.parse(match?.[1] ?? '') || (match?.[2] ?? '').length
      at = end + 1
    }
    if (Number.isNaN(sum)) throw new Error('the peer found nothing')
  })
  const file = path.join(folder, 'text')
  writeFileSync(file, bytes)
  const wc = rateByClock(LINES, () => void spawnSync('wc', ['-l', file]))
  const isSlow = (text.isCommon && scanned < SCANNED) || parsed < PARSED
  console.log(
    [
      text.name.padEnd(31),
      (format?.id ?? 'plain').padEnd(17),
      `${(bytes.length / LINES).toFixed(0)} B`.padStart(6),
      millions(scanned).padStart(8),
      `x${(scanned / peer).toFixed(1)}`.padStart(6),
      (wc / scanned).toFixed(1).padStart(5),
      millions(parsed).padStart(8),
      millions(peer).padStart(8),
      `${((found / LINES) * 100).toFixed(0)} %`.padStart(6),
      isSlow ? ' SLOWER THAN WANTED' : '',
    ].join(' '),
  )
  if (Math.abs(found / LINES - parsedLevels / some.length) > 0.01)
    throw new Error(`${text.name}: the scanner and the parser disagree`)
  if (isSlow) process.exitCode = 1
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'tapedeck-bench-'))
try {
  console.log(
    `${String(LINES)} lines of each; wanted: ${millions(SCANNED)} scanned, ${millions(PARSED)} parsed a second`,
  )
  console.log('text                            format            bytes  scanned  /peer  wc=   parsed     peer levels')
  for (const text of texts) measure(text, folder)
} finally {
  rmSync(folder, { recursive: true })
}
