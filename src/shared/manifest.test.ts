/** package.json and the code say the same. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { launchConfigurationSchema, launchDefaults, stopSignals } from './launch'
import { commands, settingDefaults, taskType, views } from './manifest'

declare const __PROJECT_ROOT__: string

const property = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]),
  default: z.unknown().optional(),
  scope: z.string().optional(),
  markdownDescription: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(z.string()).optional(),
})
const properties = z.record(z.string(), property)
const menu = z.array(z.looseObject({ command: z.string(), when: z.string() }))
const manifest = z
  .object({
    capabilities: z.object({ untrustedWorkspaces: z.object({ restrictedConfigurations: z.array(z.string()) }) }),
    contributes: z.object({
      commands: z.array(z.looseObject({ command: z.string(), title: z.string(), category: z.string() })),
      views: z.record(z.string(), z.array(z.looseObject({ id: z.string() }))),
      viewsWelcome: z.array(z.object({ view: z.string(), contents: z.string(), when: z.string().optional() })),
      menus: z.record(z.string(), menu),
      keybindings: z.array(z.looseObject({ command: z.string(), when: z.string() })),
      taskDefinitions: z.array(z.object({ type: z.string(), required: z.array(z.string()), properties })),
      configuration: z.object({ properties }),
    }),
  })
  .parse(JSON.parse(readFileSync(path.join(__PROJECT_ROOT__, 'package.json'), 'utf8')))
const { contributes } = manifest

const launches = z
  .object({
    items: z.object({
      required: z.array(z.string()),
      additionalProperties: z.literal(false),
      properties,
      defaultSnippets: z.array(z.object({ label: z.string(), body: z.record(z.string(), z.unknown()) })),
    }),
  })
  .parse(contributes.configuration.properties['tapedeck.launches']).items
const keys = Object.keys(launchConfigurationSchema.shape)

describe('the manifest', () => {
  it('has the commands of the code, in one category', () => {
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), Object.values(commands).sort())
    for (const { category, title } of contributes.commands) assert.ok(category === 'Tapedeck' && title !== '')
  })

  it('has few commands in the palette for who types "launch"', () => {
    const hidden = contributes.menus['commandPalette']?.filter(({ when }) => when === 'false') ?? []
    const found = contributes.commands
      .filter(({ command }) => !hidden.some((entry) => entry.command === command))
      .filter(({ title }) => /launch/i.test(title))
    // The palette puts what was used last on top: others that match would push this one down.
    assert.deepEqual(
      found.map(({ command }) => command),
      [commands.launch, commands.saveLaunch],
    )
  })

  it('names known commands and views in its menus, keys and welcomes', () => {
    const known: readonly string[] = Object.values(commands)
    const viewIds = [views.runs, views.sources] as const
    for (const { command, when } of [...Object.values(contributes.menus).flat(), ...contributes.keybindings]) {
      assert.ok(known.includes(command), command)
      const [, view] = /(?:view|focusedView) == (\S+)/i.exec(when) ?? []
      if (view !== undefined) assert.ok((viewIds as readonly string[]).includes(view), view)
    }
    assert.deepEqual(
      contributes.views[views.container]?.map(({ id }) => id),
      viewIds,
    )
    for (const { view, contents } of contributes.viewsWelcome) {
      assert.ok((viewIds as readonly string[]).includes(view), view)
      for (const [, command = ''] of contents.matchAll(/\(command:([^)]+)\)/g))
        assert.ok(known.includes(command) || command.startsWith('workbench.'), command)
    }
  })

  it('has the settings of the code, each with its default, a scope and a description', () => {
    const defaults = Object.fromEntries(
      Object.entries(contributes.configuration.properties).map(([key, value]) => [key, value.default]),
    )
    assert.deepEqual(
      defaults,
      Object.fromEntries(Object.entries(settingDefaults).map(([key, value]) => [`tapedeck.${key}`, value])),
    )
    for (const [key, { scope, markdownDescription }] of Object.entries(contributes.configuration.properties))
      assert.ok(scope !== undefined && String(markdownDescription).endsWith('.'), key)
  })

  it('restricts only settings that there are, and all that start a program', () => {
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces
    for (const key of restrictedConfigurations) assert.ok(key in contributes.configuration.properties, key)
    assert.ok(restrictedConfigurations.includes('tapedeck.launches'))
  })

  it('knows the keys of a launch, with what they may hold', () => {
    assert.deepEqual(Object.keys(launches.properties), keys)
    assert.deepEqual(launches.required, ['name', 'command'])
    const { stopSignal } = launches.properties
    assert.deepEqual(stopSignal?.enum, [...stopSignals])
    assert.equal(stopSignal.default, launchDefaults.stopSignal)
    assert.equal(launches.properties['stopTimeoutMs']?.default, launchDefaults.stopTimeoutMs)
    assert.deepEqual(launches.properties['before']?.enum, launchConfigurationSchema.shape.before.unwrap().options)
    for (const [key, { markdownDescription }] of Object.entries(launches.properties))
      assert.ok(String(markdownDescription).endsWith('.'), key)
  })

  it('offers snippets that are launches', () => {
    assert.ok(launches.defaultSnippets.length > 0)
    for (const { label, body } of launches.defaultSnippets)
      assert.ok(launchConfigurationSchema.safeParse(body).success, label)
  })

  it('has a task type with the keys of a launch', () => {
    const [definition] = contributes.taskDefinitions
    assert.ok(definition)
    assert.equal(definition.type, taskType)
    const known = ['launch', ...keys.filter((key) => !['name', 'forEach'].includes(key))]
    assert.deepEqual(Object.keys(definition.properties), known)
    for (const [key, { description }] of Object.entries(definition.properties)) assert.ok(description, key)
  })
})
