/** The look of the demo chat's pages, light and dark by the system's wish. */
export const STYLE = String.raw`
:root {
  color-scheme: light dark;
  --bg: #ffffff; --bg-soft: #f5f4f1; --bg-raised: #ffffff; --line: #e4e1da; --text: #23211d; --muted: #6d685f;
  --accent: #0f766e; --accent-soft: #dff3ef; --on-accent: #ffffff; --danger: #b42318; --danger-soft: #fdeceA;
  --shadow: 0 1px 2px rgba(40, 34, 20, .06), 0 8px 28px rgba(40, 34, 20, .08);
  font: 16px/1.6 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Color Emoji', sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #1b1c1e; --bg-soft: #25272a; --bg-raised: #2a2c30; --line: #3a3d42; --text: #ececea; --muted: #a3a29c;
    --accent: #5cc9b9; --accent-soft: #1f3b38; --on-accent: #08211d; --danger: #ff9a8f; --danger-soft: #43211e;
    --shadow: 0 1px 2px rgba(0, 0, 0, .3), 0 8px 28px rgba(0, 0, 0, .35);
  }
}
* { box-sizing: border-box; }
html, body { height: 100%; margin: 0; }
body { background: var(--bg); color: var(--text); display: flex; flex-direction: column; }
button, select, textarea, input { font: inherit; color: inherit; }
button { cursor: pointer; }
button:focus-visible, select:focus-visible, a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
[hidden] { display: none !important; }
a { color: var(--accent); }

header { display: flex; align-items: center; gap: 12px; padding: 10px 18px; border-bottom: 1px solid transparent; }
.brand { display: flex; align-items: center; gap: 9px; font-weight: 650; letter-spacing: -.01em; }
.brand img { width: 24px; height: 24px; }
.model { border: 0; background: none; padding: 4px 9px; border-radius: 8px; color: var(--muted); }
.model:hover { background: var(--bg-soft); }
.spacer { flex: 1; }
.scenario { display: flex; align-items: center; gap: 7px; font-size: 13px; color: var(--muted); }
.scenario select { border: 1px solid var(--line); border-radius: 8px; background: var(--bg-raised); padding: 4px 6px; color: var(--text); max-width: 190px; }
.avatar { width: 34px; height: 34px; border-radius: 50%; border: 0; background: var(--accent); color: var(--on-accent); font-size: 13px; font-weight: 650; }
.button { border: 1px solid var(--line); border-radius: 999px; background: var(--bg-raised); padding: 6px 16px; font-weight: 550; }
.button:hover { background: var(--bg-soft); }
.button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.button.primary:hover { filter: brightness(1.07); }

main { flex: 1; min-height: 0; overflow-y: auto; scrollbar-gutter: stable both-edges; display: flex; flex-direction: column; }
#thread { width: 100%; max-width: 760px; margin: 0 auto; padding: 18px 20px 28px; }
.greeting { margin: auto; text-align: center; padding: 20px; }
.greeting h1 { font-size: 29px; font-weight: 600; letter-spacing: -.02em; margin: 0 0 6px; }
.greeting p { color: var(--muted); margin: 0; }
section.turn { margin: 0 0 20px; content-visibility: auto; contain-intrinsic-size: auto 200px; }
[data-message-author-role='user'] { margin-left: auto; max-width: 78%; width: fit-content; background: var(--bg-soft); border-radius: 20px; padding: 9px 17px; white-space: pre-wrap; overflow-wrap: anywhere; }
.markdown { overflow-wrap: anywhere; }
.markdown > div > *:first-child { margin-top: 0; }
.markdown p, .markdown ul { margin: 0 0 12px; }
.markdown h3 { font-size: 17px; margin: 20px 0 8px; letter-spacing: -.01em; }
.markdown ul { padding-left: 22px; }
.markdown li { margin: 4px 0; }
.markdown li::marker { color: var(--muted); }
.markdown code { background: var(--bg-soft); border-radius: 5px; padding: 1px 5px; font-size: .9em; }
.markdown .block { content-visibility: auto; contain-intrinsic-size: auto 60px; }
.streaming .markdown .block:last-child > *:last-child::after { content: ''; display: inline-block; width: 9px; height: 9px; margin-left: 5px; border-radius: 50%; background: var(--accent); }
.cite { display: inline-block; font-size: 12px; line-height: 18px; padding: 0 8px; margin-left: 5px; border-radius: 999px; background: var(--bg-soft); color: var(--muted); text-decoration: none; vertical-align: 1px; }
.cite:hover { background: var(--accent-soft); color: var(--text); }

.activity { margin: 0 0 14px; color: var(--muted); font-size: 14px; }
.activity summary { cursor: pointer; width: fit-content; border-radius: 6px; }
.activity .body { border-left: 2px solid var(--line); margin: 8px 0 0 4px; padding: 2px 0 2px 14px; }
.activity p { margin: 0 0 8px; }
.queries { display: flex; flex-wrap: wrap; gap: 6px; margin-bottom: 8px; }
.query { border: 1px solid var(--line); border-radius: 999px; padding: 1px 11px; font-size: 13px; overflow-wrap: anywhere; }
.query::before { content: '⌕ '; color: var(--accent); }
.sources { display: grid; grid-template-columns: repeat(auto-fill, minmax(215px, 1fr)); gap: 8px; margin: 0; padding: 0; list-style: none; }
.sources li { border: 1px solid var(--line); border-radius: 12px; padding: 8px 12px; font-size: 13px; line-height: 1.4; min-width: 0; background: var(--bg-raised); }
.sources .domain { color: var(--muted); font-size: 12px; }
.sources .title { font-weight: 550; display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; overflow-wrap: anywhere; }
.sources a { color: inherit; text-decoration: none; }
.sources a:hover { text-decoration: underline; }
.sources li.cited { border-color: var(--accent); }
.tools { display: flex; gap: 10px; align-items: center; color: var(--muted); font-size: 13px; }
.tools button { border: 0; background: none; border-radius: 7px; padding: 2px 8px; margin-left: -8px; color: inherit; }
.tools button:hover { background: var(--bg-soft); color: var(--text); }
aside[role='alert'] { border: 1px solid var(--danger); background: var(--danger-soft); border-radius: 14px; padding: 10px 16px; margin: 0 0 14px; }
aside[role='alert'] strong { color: var(--danger); }

footer { padding: 0 20px 12px; }
.composer { position: relative; max-width: 760px; margin: 0 auto; background: var(--bg-raised); border: 1px solid var(--line); border-radius: 26px; box-shadow: var(--shadow); padding: 12px 12px 9px; }
.composer:focus-within { border-color: var(--accent); }
#prompt-textarea, .composer textarea { display: block; width: 100%; min-height: 28px; max-height: 220px; overflow-y: auto; padding: 2px 10px; outline: 0; border: 0; background: none; resize: none; white-space: pre-wrap; overflow-wrap: anywhere; }
#prompt-textarea p { margin: 0; }
#prompt-textarea.empty p:first-child::before { content: attr(data-placeholder); color: var(--muted); position: absolute; pointer-events: none; }
.row { display: flex; align-items: center; gap: 8px; margin-top: 7px; min-height: 36px; }
.round { width: 36px; height: 36px; border-radius: 50%; border: 1px solid var(--line); background: none; font-size: 19px; line-height: 1; display: grid; place-items: center; padding: 0; }
.round:hover { background: var(--bg-soft); }
.round.go { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.round.go:hover { filter: brightness(1.07); }
.round .square { width: 12px; height: 12px; border-radius: 3px; background: currentColor; }
.__composer-pill { border: 0; background: var(--accent-soft); color: var(--accent); border-radius: 999px; padding: 5px 13px; font-size: 14px; font-weight: 550; }
.__composer-pill::after { content: ' ×'; opacity: .7; }
.menu { position: absolute; left: 10px; bottom: calc(100% - 4px); background: var(--bg-raised); border: 1px solid var(--line); border-radius: 14px; box-shadow: var(--shadow); padding: 6px; min-width: 190px; z-index: 5; }
.menu [role] { padding: 7px 12px; border-radius: 9px; cursor: pointer; display: flex; gap: 10px; }
.menu [role]:hover, .menu [role]:focus-visible { background: var(--bg-soft); outline: 0; }
.menu [aria-checked='true']::after { content: '✓'; margin-left: auto; color: var(--accent); }
.small { max-width: 760px; margin: 8px auto 0; text-align: center; font-size: 12px; color: var(--muted); }

.card { margin: auto; width: min(430px, calc(100% - 40px)); background: var(--bg-raised); border: 1px solid var(--line); border-radius: 22px; box-shadow: var(--shadow); padding: 30px 32px; text-align: center; }
.card h1 { font-size: 23px; letter-spacing: -.02em; margin: 8px 0; }
.card p { color: var(--muted); margin: 0 0 18px; }
.card .stack { display: grid; gap: 10px; }
.card .stack .button { padding: 10px 16px; width: 100%; }
.card .link { border: 0; background: none; color: var(--muted); text-decoration: underline; padding: 6px; }
.card img { width: 40px; height: 40px; }
.generic { width: 100%; max-width: 760px; margin: 0 auto; padding: 30px 20px; }
.generic .composer { width: 100%; margin-bottom: 20px; }
.generic textarea { min-height: 60px; }
.generic output { display: block; white-space: pre-wrap; overflow-wrap: anywhere; min-height: 60px; }
@media (max-width: 600px) { .model, .scenario span { display: none; } header { padding: 10px 12px; gap: 8px; } .scenario select { max-width: 130px; } }
`

/** The site's sign: a wave in a circle. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="15" fill="#0f766e"/><path d="M6 18c3.3 0 3.3-5 6.7-5s3.3 5 6.600 5S22.700 13 26 13" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>`
