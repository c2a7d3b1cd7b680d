/** The panel's entry: one script, one style sheet. In VS Code it starts by itself. */
import '@vscode/codicons/dist/codicon.css'
import './panel.css'
import { mount } from 'svelte'
import { createClient } from '../src/shared/protocol/peer'
import App from './App.svelte'
import TrajectoryFile from './TrajectoryFile.svelte'
import { Panel, type PanelKey } from './state/panel.svelte'
import { Trajectories } from './state/trajectories.svelte'
import { editorPlace, type Place } from './transport'

/** Shows the panel in `target`, talking through `place`; `shown` is what the host finds it by after a reload. */
export function mountPanel(target: HTMLElement, place: Place, shown: PanelKey): Panel {
  const panel = new Panel(place, shown)
  mount(App, { target, props: { panel } })
  return panel
}

/** Shows one file of trajectories in `target`. */
export function mountTrajectories(target: HTMLElement, place: Place, path: string): void {
  const client = createClient(place.transport)
  const trajectories = new Trajectories(client, () => undefined)
  const openFile = async (file: { path: string }): Promise<void> => {
    await client.call('file/open', file)
  }
  mount(TrajectoryFile, { target, props: { place: { trajectories, openFile } } })
  void trajectories.open(path)
}

const place = editorPlace()
if (place !== undefined) {
  // Stood in the page until this script was here.
  document.getElementById('loading')?.remove()
  const { run, files, trajectories } = document.body.dataset
  if (trajectories === undefined) mountPanel(document.body, place, { run, files })
  else mountTrajectories(document.body, place, trajectories)
}
