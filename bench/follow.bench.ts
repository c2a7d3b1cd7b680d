/**
 * Following a file: how late a written line is on the standard output of `tapedeck follow --json`, beside `tail -F` on the same file;
 * how late the end of a burst is; and how much a program that writes line by line is slowed by being followed.
 */
import { execFileSync, spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { FileFollower } from '../src/node/follow/fileFollower'

declare const __PROJECT_ROOT__: string

const LINES = Number(process.env['TAPEDECK_BENCH_LINES'] ?? 600)
const BURST_BYTES = 100 * 1024 * 1024
const RUNS = 5
const LINE = 'x'.repeat(110)

const home = mkdtempSync(path.join(os.tmpdir(), 'tapedeck-bench-'))

/**
 * `stamps FILE COUNT MS`: lines with the time just before each is written. `storm FILE BYTES PIECE`: as fast as it goes.
 * `arrivals`: the delay of each such line on standard input, in ms; a reader of ours would be the slower part of the way.
 */
const program = `
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
static long long now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000LL + t.tv_nsec; }
int main(int argc, char **argv) {
  if (!strcmp(argv[1], "arrivals")) {
    static char text[1 << 20];
    // It ends with its input.
    signal(SIGINT, SIG_IGN);
    for (ssize_t got; (got = read(0, text, sizeof text - 1)) > 0;) {
      long long at = now();
      text[got] = 0;
      for (char *stamp = text; (stamp = strstr(stamp, "stamp=")); stamp += 6) printf("%f\\n", (at - atoll(stamp + 6)) / 1e6);
    }
    return 0;
  }
  int fd = open(argv[2], O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (!strcmp(argv[1], "stamps")) {
    for (int i = atoi(argv[3]); i > 0; i--) {
      char line[64];
      usleep(atoi(argv[4]) * 1000);
      int length = sprintf(line, "line stamp=%lld\\n", now());
      if (write(fd, line, length) != length) return 1;
    }
    return 0;
  }
  long long bytes = atoll(argv[3]), start = now();
  int piece = atoi(argv[4]);
  char *block = malloc(piece);
  memset(block, 'x', piece);
  for (int at = ${String(LINE.length)}; at < piece; at += ${String(LINE.length + 1)}) block[at] = '\\n';
  block[piece - 1] = '\\n';
  for (long long done = 0; done < bytes; done += piece) if (write(fd, block, piece) != piece) return 1;
  printf("%lld\\n", now() - start);
  return 0;
}
`

function makeWriter(): string {
  const source = path.join(home, 'writer.c')
  const binary = path.join(home, 'writer')
  writeFileSync(source, program)
  execFileSync('gcc', ['-O2', '-o', binary, source])
  return binary
}

/** What a peer prints goes straight to `arrivals`: the reader must not be the slower part of the way. */
function withDelays(writer: string, command: readonly string[]): ChildProcessByStdio<null, Readable, null> {
  const pipeline = 'writer=$1; shift; "$@" | "$writer" arrivals'
  return spawn('sh', ['-c', pipeline, 'sh', writer, ...command], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  })
}

function told(name: string, delays: readonly number[]): string {
  const sorted = delays.toSorted((a, b) => a - b)
  const at = (part: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN).toFixed(2)
  return `${name.padEnd(22)} ${String(sorted.length)} of ${String(LINES)} lines, median ${at(0.5)} ms, 95 % ${at(0.95)} ms, 99 % ${at(0.99)} ms, most ${at(1)} ms`
}

async function latency(writer: string): Promise<void> {
  const file = path.join(home, 'latency.log')
  writeFileSync(file, '')
  const peers = [
    { name: 'tapedeck follow --json', command: [process.execPath, cli, 'follow', '--json', '--lines', '0', file] },
    { name: 'tail -F', command: ['tail', '-n', '0', '-F', file] },
  ].map(({ name, command }) => {
    const child = withDelays(writer, command)
    return { name, child, delays: text(child.stdout) }
  })
  await setTimeout(1500)
  await once(spawn(writer, ['stamps', file, String(LINES), '50']), 'exit')
  await setTimeout(300)
  for (const { name, child, delays } of peers) {
    process.kill(-(child.pid ?? Number.NaN), 'SIGINT')
    console.log(`  ${told(name, (await delays).trimEnd().split('\n').map(Number))}`)
  }
}

const cli = path.join(__PROJECT_ROOT__, 'dist', 'cli.js')

/** Seconds that the writer took by its own clock, and until all its bytes were there after its end. */
async function storm(writer: string, piece: number, isFollowed: boolean): Promise<{ took: number; late: number }> {
  const file = path.join(home, `storm-${String(Date.now())}.log`)
  writeFileSync(file, '')
  let bytes = 0
  let lastAt = 0
  const follower = new FileFollower(
    file,
    { from: 'start' },
    {
      bytes: (chunk) => {
        bytes += chunk.length
        lastAt = performance.now()
        return undefined
      },
      file: () => undefined,
    },
  )
  if (isFollowed) await follower.start()
  const child = spawn(writer, ['storm', file, String(BURST_BYTES), String(piece)])
  let took = ''
  child.stdout.on('data', (piece: Buffer) => (took += piece.toString()))
  await once(child, 'exit')
  const endedAt = performance.now()
  const { size } = statSync(file)
  while (isFollowed && bytes < size) await setTimeout(1)
  await follower.close()
  rmSync(file)
  return { took: Number(took) / 1e9, late: Math.max(0, lastAt - endedAt) / 1000 }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

async function storms(writer: string, name: string, piece: number): Promise<void> {
  const alone: number[] = []
  const followed: number[] = []
  const late: number[] = []
  await storm(writer, piece, false)
  // In turn, so that both meet the same machine.
  for (let run = 0; run < RUNS; run++) {
    alone.push((await storm(writer, piece, false)).took)
    const result = await storm(writer, piece, true)
    followed.push(result.took)
    late.push(result.late)
  }
  const ratio = median(followed) / median(alone)
  console.log(
    `  ${name}: writer alone ${median(alone).toFixed(3)} s, followed ${median(followed).toFixed(3)} s (${ratio.toFixed(2)} times), all there ${median(late).toFixed(3)} s after it`,
  )
}

async function main(): Promise<void> {
  const writer = makeWriter()
  console.log(`${String(LINES)} lines, one each 50 ms, from just before write(2) to the standard output:`)
  await latency(writer)
  console.log('100 MB at full speed:')
  await storms(writer, 'in blocks of 64 kB', 65_536)
  await storms(writer, 'line by line', LINE.length + 1)
}

main()
  .finally(() => {
    rmSync(home, { recursive: true, force: true })
  })
  .catch((error: unknown) => {
    console.error(error)
    process.exitCode = 1
  })
