/**
 * Recording a command's output: lines a second from the start of the command to the last fsync of its log, beside `cat` and
 * `tee` that only copy the same bytes, in the same run. Every line is then held against what was printed.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  createReadStream,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { ControlClient } from '../src/node/control/client'
import { readLogInfo } from '../src/node/runlog/reader'
import { startRunner } from '../src/node/runnerProcess'
import { launchDefaults, type LaunchRequest } from '../src/shared/launch'

declare const __PROJECT_ROOT__: string

const LINES = Number(process.env['TAPEDECK_BENCH_LINES'] ?? 5_000_000)
const LINE_BYTES = 100

const home = mkdtempSync(path.join(os.tmpdir(), 'tapedeck-bench-'))
process.env['XDG_STATE_HOME'] = path.join(home, 'state')
const input = path.join(home, 'lines.txt')

/** Lines of 100 bytes: a quarter with quotes, some with UTF-8, some with colours. */
function makeInput(): void {
  const fd = openSync(input, 'w')
  let block = ''
  for (let i = 0; i < LINES; i++) {
    const number = String(i).padStart(8, '0')
    const word =
      i % 4 === 0
        ? `request "${number}" from "client" took 12 ms`
        : i % 10 === 1
          ? `\u001b[32mGET\u001b[0m ${number} réponse envoyée`
          : `worker ${number} handled one more item of the queue`
    const line = `2026-11-20 03:30:05.231 ${word} `
    block += `${line}${'.'.repeat(Math.max(0, LINE_BYTES - 1 - Buffer.byteLength(line)))}\n`
    if (block.length > 1_000_000) {
      writeSync(fd, block)
      block = ''
    }
  }
  writeSync(fd, block)
  fdatasyncSync(fd)
  closeSync(fd)
}

/** Copies a file to its standard output in blocks of 64 kB and tells how long the longest write was held up. */
const blockWriter = `
const fs = require('fs')
const [, input, told] = process.argv
const fd = fs.openSync(input), buffer = Buffer.alloc(65536)
let longest = 0
for (let n; (n = fs.readSync(fd, buffer, 0, buffer.length)) > 0; ) {
  for (let done = 0; done < n; ) {
    const start = performance.now()
    done += fs.writeSync(1, buffer, done, n - done)
    longest = Math.max(longest, performance.now() - start)
  }
}
fs.writeFileSync(told, String(longest))
`

interface Writer {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
}

const told = path.join(home, 'longest')
const writers: readonly Writer[] = [
  { name: 'in blocks of 64 kB', command: process.execPath, args: ['-e', blockWriter, input, told] },
  {
    name: 'line by line',
    command: 'perl',
    args: ['-e', 'open F, $ARGV[0]; while (<F>) { syswrite STDOUT, $_ }', input],
  },
]

async function copiedBy(peer: string, { command, args }: Writer): Promise<number> {
  const target = path.join(home, 'copy')
  const words = [command, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  const line = peer === 'tee' ? `${words} | tee ${target} > /dev/null` : `${words} | cat > ${target}`
  const start = performance.now()
  const [code] = (await once(spawn('sh', ['-c', line], { stdio: 'ignore' }), 'exit')) as [number]
  if (code !== 0) throw new Error(`${peer} ended with ${String(code)}`)
  const fd = openSync(target, 'r+')
  fdatasyncSync(fd)
  closeSync(fd)
  const seconds = (performance.now() - start) / 1000
  rmSync(target)
  return seconds
}

async function recorded(
  { name, command, args }: Writer,
  isChecked: boolean,
): Promise<{ seconds: number; peak: number }> {
  const logDirectory = path.join(home, 'logs')
  const request: LaunchRequest = {
    kind: 'launch',
    logDirectory,
    title: name,
    command,
    args: [...args],
    cwd: home,
    env: {},
    unbuffered: false,
    results: [],
    ...launchDefaults,
  }
  const start = performance.now()
  const entry = await startRunner(path.join(__PROJECT_ROOT__, 'dist', 'runner.js'), request)
  let peak = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, peakMegabytes(entry.pid))
  }, 50)
  await new Promise<void>((resolve, reject) => {
    ControlClient.connect(entry, {
      onClosed: resolve,
    }).catch(reject)
  })
  clearInterval(watch)
  const seconds = (performance.now() - start) / 1000
  if (isChecked) await checkLines(entry.log_path)
  rmSync(logDirectory, { recursive: true })
  return { seconds, peak }
}

function peakMegabytes(pid: number): number {
  try {
    const [, kilobytes = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8')) ?? []
    return Number(kilobytes) / 1024
  } catch {
    // It has ended.
    return 0
  }
}

/** Throws when a line is missing, changed or in another place. */
async function checkLines(log: string): Promise<void> {
  const { metadata, eventsOffset, eventsEnd } = await readLogInfo(log)
  if (metadata?.status !== 'completed') throw new Error(`the run ended ${String(metadata?.status)}`)
  const wanted = createInterface({ input: createReadStream(input) })[Symbol.asyncIterator]()
  let seq = 0
  let lines = 0
  for await (const text of createInterface({
    input: createReadStream(log, { start: eventsOffset, end: eventsEnd - 1 }),
  })) {
    const event = JSON.parse(text.startsWith(',') ? text.slice(1) : text) as {
      seq: number
      phase: string
      data: { text: string }
    }
    if (event.seq !== seq++) throw new Error(`seq ${String(event.seq)} at line ${String(seq)}`)
    if (event.phase !== 'log_line') continue
    const { value } = (await wanted.next()) as { value: string }
    if (event.data.text !== value) throw new Error(`line ${String(lines)} is ${event.data.text}, not ${value}`)
    lines++
  }
  if (lines !== LINES) throw new Error(`${String(lines)} of ${String(LINES)} lines`)
  console.log(`  all ${String(LINES)} lines are in the log, in order`)
}

function rate(seconds: number): string {
  return `${(LINES / seconds / 1e6).toFixed(2)} million lines/s`
}

async function main(): Promise<void> {
  makeInput()
  console.log(`${String(LINES)} lines of ${String(LINE_BYTES)} bytes, the last fsync counted`)
  for (const writer of writers) {
    console.log(`a program that writes ${writer.name}:`)
    // The first time the file system's memory is cold for everybody.
    await recorded(writer, true)
    const cat = await copiedBy('cat', writer)
    const tee = await copiedBy('tee', writer)
    const own = await recorded(writer, false)
    console.log(`  tapedeck  ${rate(own.seconds)}, runner ${own.peak.toFixed(0)} MB at most`)
    console.log(`  cat       ${rate(cat)} (${(own.seconds / cat).toFixed(2)} times as long)`)
    console.log(`  tee       ${rate(tee)} (${(own.seconds / tee).toFixed(2)} times as long)`)
    if (writer.command === process.execPath) {
      console.log(
        `  the longest that one write of the program was held up: ${Number(readFileSync(told, 'utf8')).toFixed(1)} ms`,
      )
    }
  }
}

main()
  .finally(() => {
    rmSync(home, { recursive: true, force: true })
  })
  .catch((error: unknown) => {
    console.error(error)
    process.exitCode = 1
  })
