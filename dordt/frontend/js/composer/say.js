// Says something to who listens to the page.
const said = document.querySelector('[data-said]')

export function say(text) {
  said.textContent = ''
  requestAnimationFrame(() => {
    said.textContent = text
  })
}
