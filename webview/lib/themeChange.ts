/** What is drawn on a canvas has its colours drawn, not styled: another theme is another drawing. */

/** @returns what ends the listening */
export function onThemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener)
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] })
  return () => {
    observer.disconnect()
  }
}
