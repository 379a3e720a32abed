// Keeps what is typed: after a pause, when a button is pressed, and again after a failure.
import { askJson } from '../asking.js'
import { prepareBlocks } from './blocks.js'
import { renew } from './preview.js'
import { say } from './say.js'

const TYPING = 2000 // milliseconds without typing
const RETRY = 4000 // after a failure, each time twice as long
const LONGEST_RETRY = 60000

const REFUSED = [400, 409, 422] // the answer says what is wrong, or who was first

const composer = document.querySelector('[data-composer]')
const form = document.getElementById('composer')
const kept = document.querySelector('[data-kept]')

let changes = 0 // counts what was typed
let keptChanges = 0 // how many of these are kept
let waiting // for a pause in typing
let pause = RETRY
let hasFailed = false
let running = Promise.resolve() // one request after the other: each needs the version of the one before

export const isDirty = () => changes !== keptChanges

/** Resolves when nothing is on its way any more, and plans nothing new. */
export function settled() {
  clearTimeout(waiting)
  return running
}

/** What is known about keeping, to be seen; a failure and its end are also said aloud. */
function show(text, failed = false, link = null) {
  kept.textContent = text
  kept.classList.toggle('composer__kept--failed', failed)
  if (link) kept.append(' ', link)
  if (failed && !hasFailed) say(text)
  if (!failed && hasFailed) say(text)
  hasFailed = failed
}

function linkTo(control) {
  const link = document.createElement('a')
  link.href = `#${control}`
  link.textContent = 'Ga ernaartoe'
  link.addEventListener('click', (event) => {
    event.preventDefault()
    document.getElementById(control)?.focus()
  })
  return link
}

export function changed(after = TYPING) {
  changes += 1
  if (!hasFailed) show('Nog niet bewaard')
  plan(after)
}

function plan(after) {
  clearTimeout(waiting)
  waiting = setTimeout(() => keep(), after)
}

/** Keeps the form and does what a button says; resolves to whether that worked. */
export function keep(button = '') {
  clearTimeout(waiting)
  running = running.then(() => send(button))
  return running
}

async function send(button) {
  const upTo = changes
  if (!button && !isDirty()) return true
  const body = values(button)
  form.inert = Boolean(button) // what a button brings takes the place of the fields: nothing may be typed meanwhile
  try {
    return take(await askJson(composer.dataset.composer, { method: 'POST', body }, REFUSED), upTo)
  } catch (fault) {
    form.inert = false
    failed(fault)
    return false
  }
}

/** The text stays in the form, and is sent again; that is said where it may help. */
function failed(fault) {
  const again = fault.isPassing ? 'Wij proberen het steeds opnieuw. ' : ''
  show(`Niet bewaard: ${fault.message} ${again}Uw tekst blijft hier staan.`, true)
  plan(pause)
  pause = Math.min(2 * pause, LONGEST_RETRY)
}

/** The form as it stands now; files go along only when they were just chosen. */
function values(button) {
  const data = new FormData(form)
  if (!button) for (const [name, value] of [...data]) if (value instanceof File) data.delete(name)
  data.delete('action')
  if (button) data.append('action', button)
  return data
}

function take(answer, upTo) {
  form.inert = false
  if (answer.problems) {
    const [control, words] = answer.problems[0]
    show(`Niet bewaard. ${words}`, true, control && document.getElementById(control) ? linkTo(control) : null)
    return false
  }
  if (answer.overtaken) {
    show(`${answer.overtaken} Klik op ‘Bewaar’ om te zien wat er is veranderd.`, true)
    composer.dataset.overtaken = 'true'
    return false
  }
  pause = RETRY
  keptChanges = upTo
  form.elements.edit_version.value = answer.version
  replaceFragments(answer.fragments)
  renew()
  show(isDirty() ? 'Nog niet bewaard' : answer.kept)
  if (answer.target) goTo(answer.target)
  return true
}

function replaceFragments(fragments) {
  for (const [name, html] of Object.entries(fragments)) {
    const fragment = document.querySelector(`[data-fragment="${name}"]`)
    if (name === 'text') fragment.textContent = html
    else fragment.innerHTML = html
  }
  if (fragments.blocks) prepareBlocks()
}

export function goTo(id) {
  const found = document.getElementById(id)
  const field = found?.matches('.block') ? found.querySelector('textarea, input:not([type=hidden])') : null
  const target = field ?? found
  target?.focus({ preventScroll: true })
  found?.scrollIntoView({ block: 'nearest' })
}
