// Builds dordt/static/: style sheets, scripts, font and drawings with a content hash in the name, and manifest.json.
// Nothing else stands in that folder: what is in it, anybody may fetch.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, parse, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transform } from 'lightningcss'
import { PurgeCSS } from 'purgecss'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..')
const modules = join(root, 'node_modules')
const served = join(root, 'dordt', 'static')

const THEME = '@nl-design-system-unstable/voorbeeld-design-tokens'
const COMPONENTS = '@utrecht/component-library-css'
const FONT = '@fontsource-variable/bricolage-grotesque'
const PUBLIC_SHEETS = [
  'tokens',
  'base',
  'layout',
  'forms',
  'parts',
  'home',
  'news',
  'newsletters',
  'workgroups',
  'print',
]
const STAFF_SHEETS = ['staff', 'composer']
const DAY = 24 * 60 * 60 * 1000
const BROWSERS = { chrome: 111 << 16, firefox: 115 << 16, safari: (16 << 16) | (4 << 8) }

// What the dark variant of a drawing paints instead; the light colours are the only ones a drawing may use.
const DARK_INK = {
  '#10567e': '#2f6c93',
  '#206f9f': '#4585ad',
  '#a2cae8': '#24475f',
  '#cae2f5': '#1f3646',
  '#e4f0fa': '#1d2b35',
  '#cbe3f5': '#ffd9a0',
  '#ad4c2e': '#b9604a',
  '#f7b6a3': '#7e3821',
  '#f7b6a4': '#eab39f',
  '#ffffff': '#f0e6d8',
  '#fbf8f2': '#171513',
}

const manifest = {}
const written = new Set()

const text = (path) => readFile(path, 'utf8')

async function write(path, content) {
  await mkdir(dirname(join(served, path)), { recursive: true })
  await writeFile(join(served, path), content)
  written.add(path)
}

/** Writes one file under a name that changes with its content, and notes it in the manifest. */
async function emit(logical, content) {
  const { dir, name, ext } = parse(logical)
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 10)
  manifest[logical] = join(dir, `${name}.${hash}${ext}`)
  await write(manifest[logical], content)
}

async function filesUnder(folder, ending) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}

/** Keeps the component rules that a template or a module of ours names. */
async function usedComponents() {
  const content = [
    ...(await filesUnder(join(root, 'templates'), '.html')),
    ...(await filesUnder(join(root, 'dordt'), '.py')),
  ]
  const raw = await text(join(modules, COMPONENTS, 'dist', 'index.css'))
  const [{ css }] = await new PurgeCSS().purge({
    content,
    css: [{ raw }],
    defaultExtractor: (source) => source.match(/[\w-]+/g) ?? [],
    safelist: [
      /^utrecht-(document|surface)$/,
      /^utrecht-button--(primary-action|secondary-action|subtle|danger)$/,
      /^utrecht-alert--(info|ok|warning|error)$/,
    ],
    keyframes: true,
    blocklist: [/--custom$/], // their check marks are data: images, which the content security policy refuses
  })
  return css
}

/** Keeps the theme tokens that the given style sheets reach, directly or through another token. */
function usedTokens(theme, sheets) {
  const values = new Map([...theme.matchAll(/^\s*(--[\w-]+):\s*([^;]+);/gm)].map(([, name, value]) => [name, value]))
  const waiting = [...sheets.matchAll(/var\(\s*(--[\w-]+)/g)].map(([, name]) => name)
  const used = new Set()
  while (waiting.length) {
    const name = waiting.pop()
    if (used.has(name) || !values.has(name)) continue
    used.add(name)
    waiting.push(...[...values.get(name).matchAll(/var\(\s*(--[\w-]+)/g)].map(([, inner]) => inner))
  }
  const kept = [...values].filter(([name]) => used.has(name)).map(([name, value]) => `${name}:${value};`)
  return `.voorbeeld-theme{${kept.join('')}}`
}

async function ownSheets(names) {
  const sheets = await Promise.all(names.map((name) => text(join(here, 'css', `${name}.css`))))
  const pointed = sheets.join('\n').replace(/asset\("([^"]+)"\)/g, (_, logical) => `url("${manifest[logical]}")`)
  return pointed
}

function minified(name, css) {
  const { code } = transform({ filename: name, code: Buffer.from(css), minify: true, targets: BROWSERS })
  const found = code.toString().match(/url\(["']?(data:|https?:|\/\/)/)
  if (found) throw new Error(`${name} points outside: ${found[0]}`)
  return code
}

async function buildFont() {
  const file = join(modules, FONT, 'files', 'bricolage-grotesque-latin-wght-normal.woff2')
  await emit('fonts/bricolage-grotesque.woff2', await readFile(file))
}

async function buildStyles() {
  const own = await ownSheets(PUBLIC_SHEETS)
  const staff = await ownSheets(STAFF_SHEETS)
  const components = await usedComponents()
  const theme = usedTokens(await text(join(modules, THEME, 'dist', 'theme.css')), components + own + staff)
  await emit('site.css', minified('site.css', [theme, components, own].join('\n')))
  await emit('staff.css', minified('staff.css', staff))
}

async function buildScripts() {
  const folder = join(here, 'js')
  for (const path of await filesUnder(folder, '.js')) await emitScript(folder, relative(folder, path))
}

/** Writes a script after those that it imports: their names, with the hash, stand in it. */
async function emitScript(folder, logical) {
  if (logical in manifest) return
  let source = await text(join(folder, logical))
  for (const [whole, imported] of source.matchAll(/ from '(\.[^']+)'/g)) {
    const other = join(dirname(logical), imported)
    await emitScript(folder, other)
    source = source.replace(whole, ` from './${relative(dirname(logical), manifest[other])}'`)
  }
  await emit(logical, source)
}

async function buildPictures() {
  for (const path of await filesUnder(join(here, 'drawings'), '.svg')) {
    const { name } = parse(path)
    const light = await text(path)
    await emit(`drawings/${name}.svg`, light)
    await emit(
      `drawings/${name}.dark.svg`,
      light.replace(/#[0-9a-f]{6}/g, (ink) => DARK_INK[ink] ?? ink),
    )
  }
  for (const path of await filesUnder(join(here, 'icons'), '.svg'))
    await emit(relative(here, path), await readFile(path))
}

/** What is asked for by a name of its own: browsers look for the icon, and the page for an error reads no manifest. */
async function buildFixedNames() {
  await write('favicon.ico', await readFile(join(here, 'icons', 'favicon.ico')))
  await write('unexpected.css', minified('unexpected.css', await text(join(here, 'css', 'unexpected.css'))))
}

async function copyLicences() {
  for (const [name, file] of [
    [THEME, 'LICENSE.md'],
    [COMPONENTS, 'LICENSE.md'],
    [FONT, 'LICENSE'],
  ]) {
    await write(join('licenses', `${name.split('/').pop()}.txt`), await readFile(join(modules, name, file)))
  }
}

/** Files of earlier builds stay for a day: a server that runs still names those of its start. */
async function removeStale() {
  for (const path of await filesUnder(served, '')) {
    if (written.has(relative(served, path))) continue
    if (Date.now() - (await stat(path)).mtimeMs > DAY) await rm(path)
  }
}

await buildFont()
await buildScripts()
await buildPictures()
await buildStyles()
await buildFixedNames()
await copyLicences()
const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)))
await write('manifest.json', `${JSON.stringify(sorted, null, 2)}\n`)
await removeStale()
