/** What the variables `${file}`, `${selectedText}`, … mean now. */
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import * as vscode from 'vscode'
import type { VariableFacts } from '../../core/launch/variables'
import type { EditorFacts } from './launchMemory'
import { workspaceFolders } from './launchable'

/** While a panel is in front no editor is active: then it is the first that is visible. */
export function editorFacts(): EditorFacts {
  const editors = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors]
  const editor = editors.find((candidate) => candidate?.document.uri.scheme === 'file')
  if (editor === undefined) return {}
  const selectedText = editor.document.getText(editor.selection)
  return {
    file: editor.document.uri.fsPath,
    lineNumber: editor.selection.active.line + 1,
    ...(selectedText === '' ? {} : { selectedText }),
  }
}

export function variableFacts(editor: EditorFacts, folder: string | undefined): VariableFacts {
  const { file, selectedText, lineNumber } = editor
  return {
    folders: workspaceFolders(),
    userHome: os.homedir(),
    pathSeparator: path.sep,
    env: process.env,
    ...(folder === undefined ? {} : { folder }),
    ...(file === undefined ? {} : { file }),
    ...(selectedText === undefined ? {} : { selectedText }),
    ...(lineNumber === undefined ? {} : { lineNumber }),
  }
}
