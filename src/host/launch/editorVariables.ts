/** The variables of a launch with their values in this editor; asks where one needs an answer, once for each. */
import * as vscode from 'vscode'
import { factOf, type Variable, type VariableFacts, type VariableValue } from '../../core/launch/variables'
import { askInput } from './inputs'

export class EditorVariables {
  /** Answers of the person and of commands, by the variable's text: one launch of many files asks once. */
  private readonly answers = new Map<string, Promise<VariableValue>>()
  private readonly folder: vscode.Uri | undefined

  constructor(private readonly facts: VariableFacts) {
    this.folder = facts.folder === undefined ? undefined : vscode.Uri.file(facts.folder)
  }

  /**
   * @param more what holds for one launch: its item, its cwd
   * @throws vscode.CancellationError when the person answers no question
   */
  lookup(
    variable: Variable,
    more: { readonly item?: string; readonly cwd?: string },
  ): VariableValue | Promise<VariableValue> {
    const { name, argument, text } = variable
    if (argument === undefined || !['config', 'input', 'command'].includes(name))
      return factOf(variable, { ...this.facts, ...more })
    if (name === 'config') return this.setting(argument)
    let answer = this.answers.get(text)
    if (answer === undefined) {
      answer = name === 'input' ? askInput(argument, this.folder) : runCommand(argument)
      this.answers.set(text, answer)
    }
    return answer
  }

  private setting(key: string): VariableValue {
    const value: unknown = vscode.workspace.getConfiguration(undefined, this.folder ?? null).get(key)
    if (typeof value === 'string') return value
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    return { problem: `the setting ${key} ${value === undefined || value === null ? 'is not set' : 'is not a text'}` }
  }
}

async function runCommand(id: string): Promise<VariableValue> {
  if (!(await vscode.commands.getCommands()).includes(id)) return { problem: `there is no command ${id}` }
  const value: unknown = await vscode.commands.executeCommand(id)
  // The editor's own variables mean "cancelled" by that.
  if (value === undefined || value === null) throw new vscode.CancellationError()
  return typeof value === 'string' ? value : { problem: `the command ${id} gave no text` }
}
