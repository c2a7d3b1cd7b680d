/** The panel's entry: one script, one style sheet. In VS Code it starts by itself. */
import '@vscode/codicons/dist/codicon.css'
import './panel.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { Panel } from './state/panel.svelte'
import { editorPlace, type Place } from './transport'

/** Shows the panel in `target`, talking through `place`; `run` is what the host finds the run by after a reload. */
export function mountPanel(target: HTMLElement, place: Place, run: string | undefined): Panel {
  const panel = new Panel(place, run)
  mount(App, { target, props: { panel } })
  return panel
}

const place = editorPlace()
if (place !== undefined) {
  // Stood in the page until this script was here.
  document.getElementById('loading')?.remove()
  mountPanel(document.body, place, document.body.dataset['run'])
}
