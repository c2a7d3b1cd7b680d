/** The page of a comparison: a script of its own, so that the panel of a run stays small; the style sheet is the panel's. */
import { mount } from 'svelte'
import CompareRuns from './CompareRuns.svelte'
import { ComparisonState, type ComparedLogs } from './state/comparison.svelte'
import { editorPlace } from './transport'

const place = editorPlace()
const { compare } = document.body.dataset
if (place !== undefined && compare !== undefined) {
  // Stood in the page until this script was here.
  document.getElementById('loading')?.remove()
  mount(CompareRuns, {
    target: document.body,
    props: { state: new ComparisonState(place, JSON.parse(compare) as ComparedLogs) },
  })
}
