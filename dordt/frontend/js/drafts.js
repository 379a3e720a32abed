// Keeps what is typed in a form with drafts: after a pause, and when the page is left. Without this file every button of
// the page does so.
import { askJson } from './asking.js'

const PAUSE = 2000 // milliseconds without typing
const RETRY = 8000 // after a failure
const SMALL = 20000 // characters that a browser still sends while it leaves the page

const form = document.querySelector('[data-drafts]')

let typed = 0 // counts what was typed
let kept = 0 // how much of it is kept
let waiting // for a pause in typing
let running = null // one request after the other
let isSending = false // waits for what is on its way
let isLeaving = false
let hasFailed = false
let isTold = false

const shown = document.createElement('p')
shown.className = 'draft-state'
const said = document.createElement('p')
said.className = 'visually-hidden'
said.setAttribute('aria-live', 'polite')

/** How it stands is seen under the field; the first time, a failure and its end are also said aloud. */
function show(text, failed = false) {
  shown.textContent = text
  shown.classList.toggle('draft-state--failed', failed)
  if (failed !== hasFailed || !isTold) said.textContent = text
  isTold = true
  hasFailed = failed
}

function changed(field) {
  typed += 1
  form.removeAttribute('data-kept')
  if (field) field.after(shown)
  if (!hasFailed) shown.textContent = 'Nog niet bewaard'
  plan(PAUSE)
}

function plan(after) {
  clearTimeout(waiting)
  waiting = setTimeout(keep, after)
}

function keep(isLast = false) {
  clearTimeout(waiting)
  if (typed === kept || isSending || isLeaving) return
  if (running && isLast !== true) running.then(() => keep())
  else {
    const mine = send(isLast === true).finally(() => {
      if (running === mine) running = null
    })
    running = mine
  }
}

async function send(isLast) {
  const upTo = typed
  try {
    show(await ask(isLast))
    kept = upTo
    if (typed === kept) form.setAttribute('data-kept', '')
  } catch (fault) {
    show(`Concept niet bewaard: ${fault.message} Uw tekst staat hier nog.`, true)
    if (fault.isPassing) plan(RETRY)
  }
}

async function ask(isLast) {
  const body = new FormData(form)
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name)
  const keepalive = isLast && [...body.values()].join('').length < SMALL
  const { kept: text } = await askJson(form.dataset.drafts, { method: 'POST', body, keepalive })
  return text
}

/** What is on its way is waited for: a draft that arrives after the text was sent would bring it back. */
async function submit(event) {
  clearTimeout(waiting)
  if (isSending) event.preventDefault()
  else if (running && !isLeaving) {
    event.preventDefault()
    isSending = true
    while (running) await running
    isSending = false
    isLeaving = true
    setTimeout(() => form.requestSubmit(event.submitter)) // not during the event of this submit
  } else isLeaving = true
}

if (form) {
  form.append(said)
  form.addEventListener('input', (event) => {
    const { target } = event
    if (target.type !== 'file') changed(target.matches('textarea, [type=text]') ? target : null)
  })
  form.addEventListener('submit', submit)
  document.addEventListener('visibilitychange', () => document.hidden && keep(true))
  addEventListener('pageshow', () => (isLeaving = false))
  if (form.hasAttribute('data-unsaved')) changed(form.querySelector('textarea'))
}
