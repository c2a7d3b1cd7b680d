/** A launch: what a configuration in `tapedeck.launches` may say, and what a runner is told to start. */
import { z } from 'zod'

/** Signals that may ask a command to stop. */
export const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const

const glob = z.string().min(1).max(1000)

/** One entry of the setting `tapedeck.launches`, before variables (`${workspaceFolder}`, …) are replaced. */
export const launchConfigurationSchema = z.strictObject({
  name: z.string().min(1).max(200),
  /** The program, or with `shell` a command line. */
  command: z.string().min(1).max(100_000),
  args: z.array(z.string().max(100_000)).max(10_000).optional(),
  cwd: z.string().max(4096).optional(),
  /** Added to the environment; null takes a variable away. */
  env: z.record(z.string().min(1), z.string().nullable()).optional(),
  envFile: z.string().max(4096).optional(),
  /** True: the system's shell; a path: that shell. */
  shell: z.union([z.boolean(), z.string().min(1)]).optional(),
  /** Run in a pseudo-terminal. */
  pty: z.boolean().optional(),
  /** One launch for each file that matches; `${item}` is its path. */
  forEach: glob.optional(),
  /** Files made or changed during the run that are listed as its results, relative to `cwd`. */
  results: z.array(glob).max(100).optional(),
  /** Log files that the command writes, relative to `cwd`: what comes in them during the run is recorded with its output. */
  logs: z.array(glob).max(100).optional(),
  stopSignal: z.enum(stopSignals).optional(),
  stopTimeoutMs: z.number().int().min(0).max(3_600_000).optional(),
  before: z.enum(['save all', 'nothing']).optional(),
})
export type LaunchConfiguration = z.infer<typeof launchConfigurationSchema>

/** What a runner is told: everything resolved, nothing left to look up in the editor. Goes by standard input. */
export const launchRequestSchema = z.object({
  kind: z.literal('launch'),
  logDirectory: z.string().min(1),
  title: z.string().min(1).max(200),
  /** Name of the configuration, for Re-run. */
  configuration: z.string().optional(),
  command: z.string().min(1),
  args: z.array(z.string()),
  cwd: z.string().min(1),
  env: z.record(z.string(), z.string().nullable()),
  shell: z.union([z.boolean(), z.string()]).optional(),
  pty: z.boolean().optional(),
  /** Set variables that make programs print each line as it comes, in colour. */
  unbuffered: z.boolean(),
  results: z.array(z.string()),
  /** Log files whose lines are recorded with the output: globs, relative to `cwd`. */
  logs: z.array(z.string()).default([]),
  stopSignal: z.enum(stopSignals),
  stopTimeoutMs: z.number().int().nonnegative(),
  /** The `capture_id` of the run that this one repeats. */
  rerunOf: z.string().optional(),
})
export type LaunchRequest = z.input<typeof launchRequestSchema>

export const launchDefaults = { stopSignal: 'SIGINT', stopTimeoutMs: 5000 } as const
