/** The variable `${input:ID}`: asks as VS Code does for the `inputs` of launch.json and tasks.json. */
import * as vscode from 'vscode'
import { z } from 'zod'
import type { VariableValue } from '../../core/launch/variables'

const option = z.union([z.string(), z.looseObject({ label: z.string().optional(), value: z.string() })])
const inputSchema = z.discriminatedUnion('type', [
  z.looseObject({
    id: z.string(),
    type: z.literal('promptString'),
    description: z.string().optional(),
    default: z.string().optional(),
    password: z.boolean().optional(),
  }),
  z.looseObject({
    id: z.string(),
    type: z.literal('pickString'),
    description: z.string().optional(),
    options: z.array(option).min(1),
    default: z.string().optional(),
  }),
  z.looseObject({ id: z.string(), type: z.literal('command'), command: z.string(), args: z.unknown() }),
])
type Input = z.infer<typeof inputSchema>

/**
 * What the person answers.
 * @throws vscode.CancellationError when they think better of it
 */
export async function askInput(id: string, folder: vscode.Uri | undefined): Promise<VariableValue> {
  const found = definitions(folder).find(
    (candidate) => typeof candidate === 'object' && candidate !== null && 'id' in candidate && candidate.id === id,
  )
  if (found === undefined)
    return { problem: `there is no input "${id}". Define it in "inputs" of .vscode/tasks.json or .vscode/launch.json` }
  const parsed = inputSchema.safeParse(found)
  if (!parsed.success)
    return { problem: `its input "${id}" is not right: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}` }
  const answer = await ask(parsed.data)
  if (answer === undefined) throw new vscode.CancellationError()
  return typeof answer === 'string' ? answer : { problem: `the command of the input "${id}" gave no text` }
}

function definitions(folder: vscode.Uri | undefined): unknown[] {
  return ['tasks', 'launch'].flatMap((section) => {
    const inputs: unknown = vscode.workspace.getConfiguration(section, folder ?? null).get('inputs')
    return Array.isArray(inputs) ? (inputs as unknown[]) : []
  })
}

/** Undefined when the person cancelled. */
async function ask(input: Input): Promise<unknown> {
  switch (input.type) {
    case 'promptString':
      return vscode.window.showInputBox({
        title: input.id,
        ignoreFocusOut: true,
        password: input.password ?? false,
        ...(input.description === undefined ? {} : { prompt: input.description }),
        ...(input.default === undefined ? {} : { value: input.default }),
      })
    case 'pickString': {
      const choices = input.options.map((choice) =>
        typeof choice === 'string'
          ? { label: choice, value: choice }
          : { label: choice.label ?? choice.value, value: choice.value },
      )
      // The default comes first, as in the editor's own tasks.
      const first = choices.filter(({ value }) => value === input.default)
      const items = [...first, ...choices.filter((choice) => !first.includes(choice))]
      const picked = await vscode.window.showQuickPick(items, {
        title: input.id,
        ignoreFocusOut: true,
        ...(input.description === undefined ? {} : { placeHolder: input.description }),
      })
      return picked?.value
    }
    case 'command':
      return vscode.commands.executeCommand(input.command, input.args)
  }
}
