// Says how many a newsletter would reach while somebody chooses for whom it is. Without this file the number stands on
// the page as it was saved, and on the page from which the newsletter is sent.
import { askJson } from './asking.js'

const PAUSE = 400 // milliseconds without another choice
const NAMES = { neighbourhoods: 'wijk', topics: 'thema', not_to: 'niet_aan' }

const box = document.querySelector('[data-audience]')
const said = box?.querySelector('[data-audience-text]')

let asking
let waiting

/** What is chosen now, as the address that knows the number. */
function address() {
  const chosen = new URLSearchParams()
  for (const control of box.querySelectorAll('input:checked, select')) {
    if (control.value && NAMES[control.name]) chosen.append(NAMES[control.name], control.value)
  }
  return `${box.dataset.audience}?${chosen}`
}

async function ask() {
  asking?.abort()
  asking = new AbortController()
  try {
    said.textContent = (await askJson(address(), { signal: asking.signal })).text
  } catch (fault) {
    if (fault.name === 'AbortError') return // another choice came first
    said.textContent = `Hoeveel abonnees dit zijn, weten wij nu niet: ${fault.message}`
  }
}

box?.addEventListener('change', () => {
  clearTimeout(waiting)
  waiting = setTimeout(ask, PAUSE)
})
