// The composer with a script: it keeps what is typed by itself, moves blocks at once, and shows how the newsletter
// becomes. Without this file each button sends the form, which does the same.
import { blocks, place, prepareBlocks, rename, step } from './composer/blocks.js'
import { fit, look } from './composer/preview.js'
import { changed, goTo, isDirty, keep, settled } from './composer/saving.js'
import { say } from './composer/say.js'

const SOON = 400 // milliseconds after a block was moved

// The buttons that search: the field to type in, and where what they find stands.
const SEARCHES = { search: ['zoek', '[data-articles] > li'], 'search-pictures': ['beeld', '.offers__pictures > li'] }

const composer = document.querySelector('[data-composer]')
const form = document.getElementById('composer')
const kept = document.querySelector('[data-kept]')

let isLeaving = false

form.addEventListener('click', (event) => {
  const button = event.target.closest('button[name="action"]')
  if (button) press(event, button)
})
document.querySelectorAll('button[form="composer"][data-look]').forEach((button) => {
  button.addEventListener('click', (event) => {
    event.preventDefault()
    look(button)
    if (isDirty()) keep()
  })
})

function press(event, button) {
  if (composer.dataset.overtaken) return // the page itself tells what happened
  const [verb] = button.value.split(':')
  if (verb === 'up' || verb === 'down') {
    event.preventDefault()
    step(button.closest('.block'), verb === 'up' ? -1 : 1, button)
  } else if (verb !== 'view') {
    event.preventDefault()
    act(button)
  }
}

async function act(button) {
  const value = button.value
  const before = blocks().length
  const isKept = await keep(value)
  if (document.activeElement === document.body && button.isConnected) button.focus()
  if (!isKept) return
  const verb = value.split(':')[0]
  if (verb === 'remove') say('Blok weggehaald. U kunt het terugzetten.')
  else if (blocks().length > before) say(`Toegevoegd als blok ${place(document.activeElement.closest('.block')) + 1}.`)
  else if (verb === 'save') say(kept.textContent)
  if (value in SEARCHES) found(value)
}

/** What was found is said, and one can type on. */
function found(button) {
  const [field, results] = SEARCHES[button]
  document.getElementById(field).focus()
  const count = document.querySelectorAll(results).length
  say(count ? `${count} gevonden.` : 'Niets gevonden.')
}

// A page that is left by its own button first waits for what is on its way: its version would be an old one.
form.addEventListener('submit', async (event) => {
  if (isLeaving) return
  event.preventDefault()
  const button = event.submitter
  await settled()
  isLeaving = true
  setTimeout(() => form.requestSubmit(button)) // not during the event of this submit
})

form.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !event.target.matches('input:not([type=checkbox], [type=file])')) return
  event.preventDefault() // Enter keeps; it does not press the first button that it finds
  const search = Object.keys(SEARCHES).find((button) => SEARCHES[button][0] === event.target.id)
  if (search) keep(search).then((isKept) => isKept && found(search))
  else keep()
})

form.addEventListener('input', (event) => {
  if (event.target.matches('[name=zoek], [name=beeld], [type=file]')) return
  rename(event.target.closest('.block'))
  changed()
})

form.addEventListener('moved', () => changed(SOON))

form.addEventListener('change', async (event) => {
  if (event.target.type !== 'file' || !event.target.files.length) return
  const block = event.target.closest('.block')
  if (await keep('save')) goTo(block ? block.id : blocks().at(-1).id)
})

window.addEventListener('beforeunload', (event) => {
  if (isDirty() && !isLeaving) event.preventDefault()
})
document.addEventListener('visibilitychange', () => {
  if (document.hidden && isDirty()) keep()
})

function count(field) {
  const line = document.createElement('p')
  line.className = 'best'
  field.after(line)
  const best = Number(field.dataset.best)
  const tell = () => {
    const length = [...field.value.trim()].length
    line.textContent = length
      ? `${length} ${length === 1 ? 'teken' : 'tekens'}${length > best ? `, ${length - best} meer dan past` : ''}`
      : ''
    line.classList.toggle('best--over', length > best)
  }
  field.addEventListener('input', tell)
  tell()
}

if (composer && form) {
  prepareBlocks()
  document.querySelectorAll('[data-best]').forEach(count)
  fit()
  window.addEventListener('resize', fit)
}
