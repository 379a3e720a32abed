// Follows a newsletter that is being sent: asks how far it is and puts the new stand in place. Without this file the
// page shows the stand of when it was made, and a link asks for a new one.
import { askPage } from './asking.js'

const PAUSE = 2000 // milliseconds between two looks
const LONGEST_PAUSE = 30000 // after a look that failed, each time twice as long
const QUIET = 30000 // milliseconds between two sentences for who listens

const said = document.querySelector('[data-live-said]')
const progress = () => document.querySelector('[data-live="progress"]')

const old = document.createElement('p')
old.setAttribute('role', 'status')

let pause = PAUSE
let lastSaid = Date.now()
let waiting

/** Says how far it is, not so often that it gets in the way. */
function say(text, isLast) {
  if (!isLast && Date.now() - lastSaid < QUIET) return
  lastSaid = Date.now()
  said.textContent = text
}

/** Puts the parts of a newer page in the place of ours; who stands on a link stays there. */
function take(page) {
  document.querySelectorAll('[data-live]').forEach((part) => {
    const newer = page.querySelector(`[data-live="${part.dataset.live}"]`)
    if (!newer) return
    const link = part.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null
    part.replaceWith(newer)
    if (link) newer.querySelector(`a[href="${CSS.escape(link)}"]`)?.focus()
  })
}

/** Says to everybody that the stand is an old one, and why; or no longer. */
function stands(words) {
  old.textContent = words
  if (words) progress().after(old)
  else old.remove()
}

async function look() {
  const address = progress().dataset.liveFrom
  try {
    take(await askPage(address))
    pause = PAUSE
    stands('')
  } catch (fault) {
    pause = Math.min(2 * pause, LONGEST_PAUSE)
    stands(`Deze stand is niet bijgewerkt: ${fault.message} Wij proberen het steeds opnieuw.`)
  }
  const isLast = !progress().dataset.liveFrom
  say(progress().dataset.say, isLast)
  if (!isLast) plan(pause)
}

function plan(after) {
  clearTimeout(waiting)
  if (!document.hidden) waiting = setTimeout(look, after)
}

if (progress()?.dataset.liveFrom) {
  document.addEventListener('visibilitychange', () => progress().dataset.liveFrom && plan(0))
  plan(PAUSE)
}
