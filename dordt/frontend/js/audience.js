// Says how many a newsletter would reach while somebody chooses for whom it is. Without this file the number stands on
// the page as it was saved, and on the page from which the newsletter is sent.
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
    const answer = await fetch(address(), { headers: { Accept: 'application/json' }, signal: asking.signal })
    if (answer.ok) said.textContent = (await answer.json()).text
  } catch {
    // Another choice came first, or we are offline for a moment: the next choice asks again.
  }
}

box?.addEventListener('change', () => {
  clearTimeout(waiting)
  waiting = setTimeout(ask, PAUSE)
})
