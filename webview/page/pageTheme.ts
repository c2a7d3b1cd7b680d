/** The look of a page without an editor: what the system asks for, in the editor's own colours (styles/editorThemes.css). */

const DARK = '(prefers-color-scheme: dark)'
const CONTRAST = ['(prefers-contrast: more)', '(forced-colors: active)']

/** Follows the system from now on. */
export function followSystemTheme(): void {
  const queries = [DARK, ...CONTRAST].map((query) => matchMedia(query))
  const apply = () => {
    const [isDark = false, ...contrast] = queries.map(({ matches }) => matches)
    const isHigh = contrast.some(Boolean)
    const { classList } = document.body
    classList.toggle('vscode-dark', isDark && !isHigh)
    classList.toggle('vscode-light', !isDark && !isHigh)
    classList.toggle('vscode-high-contrast', isHigh)
    classList.toggle('vscode-high-contrast-light', isHigh && !isDark)
    classList.toggle('theme-dark', isDark && !isHigh)
    classList.toggle('theme-light', !isDark && !isHigh)
    classList.toggle('theme-hc-black', isDark && isHigh)
    classList.toggle('theme-hc-light', !isDark && isHigh)
  }
  for (const query of queries) query.addEventListener('change', apply)
  apply()
}
