// Asks our site for something. Whoever gets no answer, or another than was asked for, is told the true reason: only who
// gets no answer at all has no connection.
const REASONS = {
  offline: 'er is geen verbinding.',
  signedOut: 'u bent uitgelogd. Log in een ander venster weer in en druk dan hier op een knop.',
  forbidden: 'u mag dit niet (meer). Vraag het aan uw beheerder.',
  gone: 'dit bestaat niet meer.',
  tooLarge: 'dit is te groot om te versturen. Maak de tekst korter of kies een kleiner bestand.',
  tooOften: 'er kwamen in korte tijd veel aanvragen.',
  refused: 'onze site nam dit niet aan. Kopieer uw tekst en laad de pagina opnieuw.',
  fault: 'er gaat bij ons iets mis.',
}
const PASSING = ['offline', 'signedOut', 'tooOften', 'fault'] // asking again later helps
const BY_STATUS = { 401: 'signedOut', 403: 'forbidden', 404: 'gone', 410: 'gone', 413: 'tooLarge', 429: 'tooOften' }

/** Why something did not come: `message` is a sentence for the screen. */
export class Failure extends Error {
  constructor(name, words = '') {
    super(words || REASONS[name])
    this.isPassing = PASSING.includes(name)
  }
}

/** The answer to a request, as JSON; raises a Failure for any other. `expected`: what is no failure besides 200. */
export async function askJson(address, options = {}, expected = []) {
  const answer = await ask(address, { ...options, headers: { Accept: 'application/json' } })
  const isJson = answer.headers.get('Content-Type')?.startsWith('application/json')
  const isOurs = isJson && (answer.ok || expected.includes(answer.status))
  if (!isOurs) throw new Failure(reasonOf(answer), isJson ? words(await answer.json()) : '')
  return answer.json()
}

/** The answer to a request, as a page. */
export async function askPage(address) {
  const answer = await ask(address, { headers: { Accept: 'text/html' } })
  if (!answer.ok || answer.redirected) throw new Failure(reasonOf(answer))
  return new DOMParser().parseFromString(await answer.text(), 'text/html')
}

async function ask(address, options) {
  try {
    return await fetch(address, options)
  } catch (fault) {
    if (fault.name === 'AbortError') throw fault // we did that ourselves
    throw new Failure('offline')
  }
}

function reasonOf(answer) {
  if (answer.redirected) return 'signedOut'
  return BY_STATUS[answer.status] ?? (answer.status >= 500 ? 'fault' : 'refused')
}

/** What our own pages for errors say, in short. */
function words(answer) {
  return answer.problems?.[0]?.[1] ?? ''
}
