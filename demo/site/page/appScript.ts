/** The chat page's own scripts: composer, account, log-in and challenge buttons. Browser modules. */
export const APP_SCRIPT = String.raw`
import { requestHeaders, Topics, Turn } from './turn.js'
import { element, TurnView } from './view.js'

const query = new URLSearchParams(location.search)
if (query.has('scenario')) sessionStorage.setItem('demo-options', query.toString())
const options = sessionStorage.getItem('demo-options') || 'scenario=' + document.getElementById('scenario').value
const scenario = new URLSearchParams(options).get('scenario')
const select = document.getElementById('scenario')
if (scenario) select.value = scenario
select.addEventListener('change', () => {
  sessionStorage.removeItem('demo-options')
  location.assign('/?scenario=' + encodeURIComponent(select.value))
})

const composer = document.getElementById('composer')
const thread = document.getElementById('thread')
const greeting = document.getElementById('greeting')
let session = {}
let base = '/backend-anon'
let conversationId
let parent = crypto.randomUUID()
let turns = 0
let running
let search = query.get('hints') === 'search'
const topics = new Topics()

/** The editor, its buttons and menu, in the place of the plain form. */
function buildComposer() {
  const editor = element('div', { id: 'prompt-textarea', class: 'ProseMirror empty', contenteditable: 'true', role: 'textbox', 'aria-multiline': 'true', 'aria-label': 'Ask anything', translate: 'no' })
  const blank = () => editor.replaceChildren(element('p', { 'data-placeholder': 'Ask anything' }, document.createElement('br')))
  const plus = element('button', { type: 'button', class: 'round', 'data-testid': 'composer-plus-btn', 'aria-label': 'Add files and more', 'aria-haspopup': 'menu', 'aria-expanded': 'false' }, '+')
  const pill = element('button', { type: 'button', class: '__composer-pill', 'aria-label': 'Search, click to remove' }, 'Search')
  const send = element('button', { type: 'button', class: 'round go', id: 'composer-submit-button', 'data-testid': 'send-button', 'aria-label': 'Send prompt' }, '↑')
  const stop = element('button', { type: 'button', class: 'round go', 'data-testid': 'stop-button', 'aria-label': 'Stop streaming' }, element('span', { class: 'square' }))
  const item = element('div', { role: 'menuitemradio', tabindex: '0', 'aria-checked': 'false' }, 'Web search')
  const menu = element('div', { class: 'menu', role: 'menu' }, item)
  const row = element('div', { class: 'row' })
  const node = element('div', { class: 'composer' }, editor, row)

  const text = () => {
    const lines = [...editor.childNodes].map((child) => child.textContent)
    return (editor.querySelector('p, div') === null ? editor.innerText : lines.join('\n')).replaceAll('\u00A0', ' ').trim()
  }
  const update = () => {
    editor.classList.toggle('empty', text() === '' && editor.querySelectorAll('p').length <= 1)
    const children = [plus]
    if (search) children.push(pill)
    children.push(element('span', { class: 'spacer' }))
    if (running !== undefined) children.push(stop)
    else if (text() !== '') children.push(send)
    if (children.length !== row.children.length || children.some((child, index) => child.tagName !== 'SPAN' && row.children[index] !== child)) {
      row.replaceChildren(...children)
    }
    item.setAttribute('aria-checked', String(search))
  }
  const setSearch = (on) => {
    search = on
    menu.remove()
    plus.setAttribute('aria-expanded', 'false')
    update()
    editor.focus()
  }
  const submit = () => {
    const prompt = text()
    if (prompt === '' || running !== undefined) return
    blank()
    ask(prompt, update)
    update()
  }
  editor.addEventListener('input', () => {
    if (editor.querySelector('p') === null && editor.textContent === '') {
      blank()
    }
    const raw = editor.textContent.replaceAll('\u00A0', ' ')
    if (/^\s*\/search /.test(raw)) {
      const rest = raw.replace(/^\s*\/search /, '')
      blank()
      if (rest !== '') editor.firstChild.replaceChildren(rest)
      search = true
    }
    update()
  })
  editor.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    submit()
  })
  editor.addEventListener('paste', (event) => {
    event.preventDefault()
    document.execCommand('insertText', false, event.clipboardData.getData('text/plain'))
  })
  send.addEventListener('click', submit)
  stop.addEventListener('click', () => running && running.stop())
  pill.addEventListener('click', () => setSearch(false))
  plus.addEventListener('click', () => {
    if (menu.isConnected) menu.remove()
    else node.append(menu)
    plus.setAttribute('aria-expanded', String(menu.isConnected))
  })
  item.addEventListener('click', () => setSearch(!search))
  item.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === ' ') setSearch(!search)
  })
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') menu.remove()
  })
  document.addEventListener('pointerdown', (event) => {
    if (!menu.contains(event.target) && !plus.contains(event.target)) menu.remove()
  })
  blank()
  const asked = query.get('q') || query.get('prompt')
  if (asked) editor.firstChild.replaceChildren(asked)
  composer.replaceWith(node)
  update()
  editor.focus()
}

async function ask(prompt, changed) {
  greeting.hidden = true
  thread.hidden = false
  const view = new TurnView(thread, turns, prompt)
  turns += 1
  const id = crypto.randomUUID()
  const turn = new Turn({ base, headers: requestHeaders(session, options), topics, view, conversationId })
  running = turn
  document.body.dataset.state = 'streaming'
  await turn.run({
    action: 'next',
    messages: [{ id, author: { role: 'user' }, create_time: Date.now() / 1000, content: { content_type: 'text', parts: [prompt] }, metadata: search ? { system_hints: ['search'] } : {} }],
    ...(conversationId ? { conversation_id: conversationId } : {}),
    parent_message_id: parent,
    model: 'auto',
    system_hints: search ? ['search'] : [],
    force_use_search: search,
    supported_encodings: ['v1'],
    supports_buffering: true,
    conversation_mode: { kind: 'primary_assistant' },
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  })
  conversationId = turn.conversationId
  parent = id
  running = undefined
  document.body.dataset.state = turn.failed ? 'failed' : 'idle'
  view.end()
  changed()
}

function showAccount() {
  const account = document.getElementById('account')
  if (session.accessToken) {
    account.replaceChildren(element('button', { type: 'button', class: 'avatar', 'data-testid': 'accounts-profile-button', 'aria-label': 'Open profile menu', title: session.user.name }, 'AD'))
    return
  }
  const login = element('button', { type: 'button', class: 'button primary', 'data-testid': 'login-button' }, 'Log in')
  const signup = element('button', { type: 'button', class: 'button', 'data-testid': 'signup-button' }, 'Sign up')
  for (const button of [login, signup]) button.addEventListener('click', () => location.assign('/auth/login'))
  account.replaceChildren(login, ' ', signup)
}

/** Logged out: a wall in the place of the composer. */
function showWall() {
  const footer = document.getElementById('footer')
  footer.hidden = true
  composer.remove()
  const login = element('button', { type: 'button', class: 'button primary' }, 'Log in')
  const anonymous = element('button', { type: 'button', class: 'link', 'data-testid': 'stay-logged-out' }, 'Stay logged out')
  const wall = element('div', { class: 'card', id: 'login-wall' }, element('h1', {}, 'Log in to go on'), element('p', {}, 'The demo chat keeps no account: one click is enough.'), element('div', { class: 'stack' }, login, anonymous))
  login.addEventListener('click', () => location.assign('/auth/login'))
  anonymous.addEventListener('click', () => {
    wall.remove()
    greeting.hidden = false
    footer.hidden = false
    footer.prepend(composer)
    buildComposer()
  })
  greeting.hidden = true
  document.getElementById('main').prepend(wall)
}

async function start() {
  const response = await fetch('/api/auth/session', { headers: { 'x-demo-options': options } })
  session = await response.json()
  if (session.accessToken) base = '/backend-api'
  showAccount()
  if (!session.accessToken) {
    showWall()
    return
  }
  await topics.open(base, requestHeaders(session, options)).catch((error) => console.warn(error.message))
  // The form is there before the editor for a moment, as on sites that are drawn on the server first.
  setTimeout(buildComposer, 300)
}
composer.addEventListener('submit', () => sessionStorage.setItem('demo-left-by-form', '1'))
start()
`

export const LOGIN_SCRIPT = String.raw`
document.getElementById('continue').addEventListener('click', async () => {
  await fetch('/auth/callback', { method: 'POST' })
  location.assign('/?' + (sessionStorage.getItem('demo-options') || ''))
})
`

export const CHALLENGE_SCRIPT = String.raw`
document.getElementById('human').addEventListener('click', async () => {
  await fetch('/cdn-cgi/demo-clearance', { method: 'POST' })
  location.reload()
})
`
