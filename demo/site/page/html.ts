/** The site's pages. */
import { SCENARIOS } from '../scenarios/list'

/** Text made safe between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

function page(title: string, script: string | undefined, body: string): string {
  const scriptTag = script === undefined ? '' : `\n<script type="module" src="/assets/${script}"></script>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/style.css">${scriptTag}
</head>
<body>
${body}
</body>
</html>
`
}

/** The chat page. Before its script has run, the composer is a plain form that would leave the page. */
export function chatPage(scenario: string): string {
  const options = Object.entries(SCENARIOS)
    .map(
      ([name, entry]) =>
        `<option value="${escapeHtml(name)}"${name === scenario ? ' selected' : ''}>${escapeHtml(entry.label)}</option>`,
    )
    .join('')
  return page(
    'Demo Chat',
    'app.js',
    `<header>
<div class="brand"><img src="/assets/icon.svg" alt="">Demo Chat</div>
<button class="model" type="button" data-testid="model-switcher-dropdown-button">demo-5.6</button>
<div class="spacer"></div>
<label class="scenario"><span>Scenario</span><select id="scenario" aria-label="Scenario">${options}</select></label>
<span id="account"></span>
</header>
<main id="main">
<div class="greeting" id="greeting"><h1>What shall we look up?</h1><p>Ask about rivers, lighthouses or trams. Nothing here is real.</p></div>
<div id="thread" hidden></div>
</main>
<footer id="footer">
<form class="composer" id="composer" method="get" action="/">
<textarea name="q" rows="1" placeholder="Ask anything"></textarea>
<div class="row"><button class="round" type="submit" aria-label="Send (page is loading)">↑</button></div>
</form>
<p class="small">A demo site on this machine. Its answers and sources are made up.</p>
</footer>`,
  )
}

/** The page where a person logs in with one click. */
export function loginPage(): string {
  return page(
    'Log in · Demo Chat',
    'login.js',
    `<div class="card">
<img src="/assets/icon.svg" alt="">
<h1>Welcome back</h1>
<p>This is the demo’s log-in page. There is no password.</p>
<div class="stack"><button class="button primary" id="continue" type="button" data-testid="login-continue">Continue as Ada Demo</button></div>
</div>`,
  )
}

/** The page that asks whether a person is there. */
export function challengePage(): string {
  return page(
    'Just a moment…',
    'challenge.js',
    `<div class="card">
<img src="/assets/icon.svg" alt="">
<h1>One moment, please</h1>
<p>The demo chat wants to know that a person is here before it opens.</p>
<div class="stack"><button class="button primary" id="human" type="button" data-testid="challenge-button">I am human</button></div>
</div>`,
  )
}

/** A page that streams in one of the public formats. */
export function genericPage(title: string): string {
  return page(
    title,
    'generic.js',
    `<main class="generic">
<h1>${escapeHtml(title)}</h1>
<div class="composer"><textarea id="prompt" rows="3" placeholder="Ask anything" aria-label="Prompt"></textarea>
<div class="row"><span class="spacer"></span><button class="button primary" id="send" type="button">Send</button></div></div>
<aside role="alert" id="problem" hidden></aside>
<output id="answer" class="markdown"></output>
</main>`,
  )
}

/** What is shown where there is nothing. */
export function missingPage(): string {
  return page(
    'Not found · Demo Chat',
    undefined,
    '<div class="card"><h1>Nothing here</h1><p><a href="/">To the demo chat</a></p></div>',
  )
}
