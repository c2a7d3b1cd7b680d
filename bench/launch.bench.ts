/**
 * Recording a command's output: lines a second from the start of the command to the last fsync of its log, beside `cat` and
 * `tee` that only copy the same bytes, in the same run. Every line is then held against what was printed.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  createReadStream,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
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
const ROUNDS = 5

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

/** Writes each line of a file by itself, and does nothing else: what is measured is the pipe, not the program. */
const lineWriter = `
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
int main(int count, char **arguments) {
  struct stat status;
  int fd = open(arguments[1], O_RDONLY);
  fstat(fd, &status);
  char *line = mmap(0, status.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0), *end = line + status.st_size;
  while (line < end) {
    char *next = memchr(line, '\\n', end - line) + 1;
    if (write(1, line, next - line) < 0) return 1;
    line = next;
  }
}
`

/** The line writer in C where there is a compiler, as the anchors were measured; else in Perl, which is slower itself. */
function lineByLine(): Writer {
  const program = path.join(home, 'lines')
  const { status } = spawnSync('cc', ['-O2', '-w', '-x', 'c', '-o', program, '-'], { input: lineWriter })
  if (status === 0) return { name: 'line by line', command: program, args: [input] }
  const script = 'open F, $ARGV[0]; while (<F>) { syswrite STDOUT, $_ }'
  return { name: 'line by line (in Perl: no C compiler)', command: 'perl', args: ['-e', script, input] }
}

interface Writer {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
}

const told = path.join(home, 'longest')
const writers: readonly Writer[] = [
  { name: 'in blocks of 64 kB', command: process.execPath, args: ['-e', blockWriter, input, told] },
  lineByLine(),
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
): Promise<{ seconds: number; peak: number; bytes: number }> {
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
  const bytes = statSync(entry.log_path).size
  rmSync(logDirectory, { recursive: true })
  return { seconds, peak, bytes }
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

/** Seconds that the disk alone takes for as many bytes as the log has, the sync counted. */
function diskAlone(bytes: number): number {
  const target = path.join(home, 'disk')
  const block = Buffer.alloc(1024 * 1024, 0x2e)
  const start = performance.now()
  const fd = openSync(target, 'w')
  for (let left = bytes; left > 0; left -= block.length) writeSync(fd, block, 0, Math.min(left, block.length))
  fdatasyncSync(fd)
  closeSync(fd)
  const seconds = (performance.now() - start) / 1000
  rmSync(target)
  return seconds
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

async function measure(writer: Writer): Promise<void> {
  console.log(`a program that writes ${writer.name}:`)
  // The first time the file system's memory is cold for everybody.
  const { bytes } = await recorded(writer, true)
  const seconds: Record<'cat' | 'tee' | 'disk' | 'own', number[]> = { cat: [], tee: [], disk: [], own: [] }
  const peaks: number[] = []
  const holdUps: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    seconds.cat.push(await copiedBy('cat', writer))
    seconds.tee.push(await copiedBy('tee', writer))
    seconds.disk.push(diskAlone(bytes))
    const own = await recorded(writer, false)
    seconds.own.push(own.seconds)
    peaks.push(own.peak)
    if (writer.command === process.execPath) holdUps.push(Number(readFileSync(told, 'utf8')))
  }
  const own = medianOf(seconds.own)
  console.log(`  tapedeck  ${rate(own)}, runner ${Math.max(...peaks).toFixed(0)} MB at most`)
  for (const peer of ['cat', 'tee'] as const) {
    const peers = medianOf(seconds[peer])
    console.log(`  ${peer}       ${rate(peers)} (tapedeck takes ${(own / peers).toFixed(2)} times as long)`)
  }
  const disk = medianOf(seconds.disk)
  console.log(
    `  the disk alone, for the ${(bytes / 1e6).toFixed(0)} MB of the log: ${disk.toFixed(2)} s (tapedeck ${own.toFixed(2)} s)`,
  )
  if (holdUps.length > 0) {
    const longest = holdUps.map((ms) => ms.toFixed(0)).join(', ')
    console.log(`  the longest that one write of the program was held up, each round: ${longest} ms`)
  }
}

async function main(): Promise<void> {
  makeInput()
  console.log(
    `${String(LINES)} lines of ${String(LINE_BYTES)} bytes, the last fsync counted, median of ${String(ROUNDS)} rounds`,
  )
  for (const writer of writers) await measure(writer)
}

main()
  .finally(() => {
    rmSync(home, { recursive: true, force: true })
  })
  .catch((error: unknown) => {
    console.error(error)
    process.exitCode = 1
  })
