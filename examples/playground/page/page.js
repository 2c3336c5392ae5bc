// The page: it keeps the configuration, runs the training, and shows the four panels.
import { $, fill, make, short } from './dom.js';
import { call } from './engine.js';
import { go, onMove, playSteps, position, showExample } from './look.js';
import { drawBoundary, drawCurve, drawWeights, toPoint } from './plots.js';

const gridSize = 44;
const page = { tab: 'look', example: 0, step: 0 };
let menus, config, examples, grid, cursor;
let running = false;
let generation = 0; // of the session: answers for an older one are dropped

start().catch(report);

async function start() {
  menus = await call('menus');
  config = { ...menus.default };
  for (const id of ['data', 'activation', 'loss', 'rule']) fill($(id), menus[id]);
  $('exercise').replaceChildren(...menus.exercises.map((e) => make('option', { value: e.key }, `${e.title}`)));
  $('switches').append(...[{ key: '', title: 'Nothing: all as it should be' }, ...menus.breaks].map((b) =>
    make('label', {}, make('input', { type: 'radio', name: 'break', value: b.key, onchange: () => change({ break: b.key }) }), ' ' + b.title)));
  restore();
  listen();
  chooseExercise();
  await rebuild();
  document.body.dataset.ready = 'yes';
}

// rebuild starts the training anew, from the configuration.
async function rebuild() {
  const mine = ++generation;
  run(false);
  $('message').textContent = '';
  showConfig();
  save();
  try {
    const made = await call('new', config);
    if (mine !== generation) return;
    examples = made.examples;
    $('example').max = examples.x.length - 1;
    page.example = Math.min(page.example, examples.x.length - 1);
    $('example').value = page.example;
    show(await call('train', { Steps: 0 }));
    await drawGrid();
    await showExample(page.example, page.step);
    $('boundary-caption').textContent = `${examples.x.length} examples` + (examples.features.length > 2 ? `; of ${examples.features.length} features the first two are shown` : '');
  } catch (error) {
    report(error);
  }
}

function change(part) {
  config = { ...config, ...part };
  rebuild();
}

// The data and parameters that a clicked configuration starts from, as the engine changes them for a switch.
function show(state) {
  $('steps').textContent = state.steps;
  $('cost').textContent = short(state.costs[state.costs.length - 1]);
  $('accuracy').textContent = `${(100 * state.accuracy).toFixed(1)} %`;
  $('message').textContent = state.stopped || state.warning;
  drawCurve(state);
  drawWeights(state);
  const b = menus.breaks.find((b) => b.key === config.break);
  $('broken').hidden = !b;
  $('seen').replaceChildren(...(b ? [
    make('p', {}, make('b', {}, 'What to watch: '), b.watch),
    make('table', {}, make('tbody', {}, ...(state.seen ?? []).map((f) =>
      make('tr', {}, make('td', {}, f.name), make('td', { class: f.wrong ? 'fails' : '' }, f.value))))),
    make('p', {}, make('b', {}, 'Why: '), b.why),
  ] : []));
  return state;
}

async function drawGrid() {
  grid = await call('boundary', { Size: gridSize });
  drawBoundary(examples, grid, page.example, cursor);
}

// One turn of the training for each frame; the engine works while the page draws.
async function loop() {
  const mine = generation;
  try {
    const train = () => call('train', { Steps: 200, Milliseconds: 14 });
    let next = train();
    while (running && mine === generation) {
      const state = await next, plane = call('boundary', { Size: gridSize });
      next = train();
      show(state);
      grid = await plane;
      if (mine !== generation) return;
      drawBoundary(examples, grid, page.example, cursor);
      frames++;
      if (state.stopped) run(false);
      await new Promise(requestAnimationFrame);
    }
    await next;
  } catch (error) {
    report(error);
  }
}

let frames = 0;
window.playgroundFrames = () => frames;

async function run(on) {
  if (running === on) return;
  running = on;
  $('run').textContent = on ? 'Pause' : 'Run';
  $('run').setAttribute('aria-pressed', String(on));
  if (on) {
    playSteps(false);
    loop();
  } else if (examples) {
    await showExample(page.example).catch(report);
  }
}

async function step() {
  try {
    show(await call('train', { Steps: 1, Milliseconds: 1000 }));
    await drawGrid();
    await showExample(page.example);
  } catch (error) {
    report(error);
  }
}

function report(error) {
  run(false);
  $('message').textContent = error.message;
}

// --- the configuration, its form and its link

function showConfig() {
  for (const id of ['data', 'rows', 'seed', 'activation', 'loss', 'lambda', 'rule', 'rate', 'batch']) $(id).value = config[id];
  $('layers').value = config.layers.join(', ');
  $('csv').value = config.csv ?? '';
  $('clicking').hidden = config.data !== 'points';
  $('csv-label').hidden = config.data !== 'csv';
  $('rows').disabled = !['moons', 'rings', 'blobs'].includes(config.data);
  const chosen = document.querySelector(`[name="break"][value="${config.break ?? ''}"]`);
  if (chosen) chosen.checked = true;
}

function readConfig() {
  const part = {};
  for (const id of ['data', 'activation', 'loss', 'rule']) part[id] = $(id).value;
  for (const id of ['rows', 'seed', 'lambda', 'rate', 'batch']) part[id] = Number($(id).value);
  part.layers = ($('layers').value.match(/\d+/g) ?? []).map(Number);
  part.csv = $('csv').value;
  if (part.data === 'points' && !config.points?.length) part.points = startingPoints;
  return part;
}

const startingPoints = [[-1, -1], [-0.6, -1.2], [1, 1], [0.7, 1.2]].map((x, i) => ({ x, class: i < 2 ? 0 : 1 }));

function save() {
  const text = JSON.stringify({ ...page, step: position(), config });
  history.replaceState(null, '', '#' + encodeURIComponent(text));
  $('link').href = location.href;
}

function restore() {
  try {
    const kept = JSON.parse(decodeURIComponent(location.hash.slice(1)));
    config = { ...config, ...kept.config };
    Object.assign(page, { tab: kept.tab ?? 'look', example: kept.example ?? 0, step: kept.step ?? 0 });
  } catch {
    // There is no state in the link, or none that can be read: begin afresh.
  }
  chooseTab($(page.tab)?.getAttribute('role') === 'tabpanel' ? page.tab : 'look', false);
}

// --- what the reader does

function listen() {
  $('run').onclick = () => run(!running);
  $('step').onclick = step;
  $('reset').onclick = rebuild;
  $('config').onchange = () => change(readConfig());
  $('config').onsubmit = (e) => e.preventDefault();
  $('example').onchange = async () => {
    page.example = Math.max(0, Math.min(examples.x.length - 1, Math.round(Number($('example').value)) || 0));
    $('example').value = page.example;
    await showExample(page.example).catch(report);
    drawBoundary(examples, grid, page.example, cursor);
  };
  $('first').onclick = () => go(0);
  $('back').onclick = () => go(position() - 1);
  $('forth').onclick = () => go(position() + 1);
  $('play-steps').onclick = () => playSteps($('play-steps').getAttribute('aria-pressed') === 'false');
  onMove(save);
  $('clear').onclick = () => change({ points: startingPoints });
  $('exercise').onchange = chooseExercise;
  $('check-form').onsubmit = check;
  for (const tab of document.querySelectorAll('[role="tab"]')) {
    tab.onclick = () => chooseTab(tab.getAttribute('aria-controls'), false);
    tab.onkeydown = moveTab;
  }
  $('boundary').onclick = (e) => {
    const box = $('boundary').getBoundingClientRect();
    point(toPoint((e.clientX - box.left) / box.width, (e.clientY - box.top) / box.height));
  };
  $('boundary').onkeydown = movePoint;
  matchMedia('(prefers-color-scheme: dark)').onchange = async () => {
    show(await call('train', { Steps: 0 }));
    drawBoundary(examples, grid, page.example, cursor);
  };
}

// A click adds a point, or chooses the nearest example.
function point(x) {
  if (config.data === 'points') {
    change({ points: [...config.points, { x: untransformed(x), class: Number($('point-class').value) }] });
    return;
  }
  let best = Infinity;
  examples.x.forEach((e, i) => {
    const d = (e[0] - x[0]) ** 2 + ((e[1] ?? 0) - x[1]) ** 2;
    if (d < best) [best, page.example] = [d, i];
  });
  $('example').value = page.example;
  $('example').onchange();
}

// The picture shows standardised features; a point is kept as it was before, from two examples whose both are known.
function untransformed(x) {
  return x.map((v, k) => {
    const seen = examples.x.map((e) => e[k]), kept = config.points.map((p) => p.x[k]);
    const i = seen.indexOf(Math.min(...seen)), j = seen.indexOf(Math.max(...seen));
    return i === j ? v : kept[i] + (v - seen[i]) * (kept[j] - kept[i]) / (seen[j] - seen[i]);
  });
}

function movePoint(e) {
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  cursor ??= [0, 0];
  if (moves[e.key]) {
    cursor = cursor.map((v, k) => v + moves[e.key][k] * (grid.To[k] - grid.From[k]) / 25);
    drawBoundary(examples, grid, page.example, cursor);
  } else if (e.key === 'Enter' || e.key === ' ') {
    point(cursor);
  } else {
    return;
  }
  e.preventDefault();
}

function chooseTab(name, focus) {
  page.tab = name;
  for (const tab of document.querySelectorAll('[role="tab"]')) {
    const chosen = tab.getAttribute('aria-controls') === name;
    tab.setAttribute('aria-selected', String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    $(tab.getAttribute('aria-controls')).hidden = !chosen;
    if (chosen && focus) tab.focus();
  }
  if (examples) save();
}

function moveTab(e) {
  const tabs = [...document.querySelectorAll('[role="tab"]')], i = tabs.indexOf(e.currentTarget);
  const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1 }[e.key];
  if (to === undefined) return;
  e.preventDefault();
  chooseTab(tabs[(to + tabs.length) % tabs.length].getAttribute('aria-controls'), true);
}

function chooseExercise() {
  const e = menus.exercises.find((e) => e.key === $('exercise').value);
  $('map').textContent = `${e.map}. The formula may use ${e.names.join(', ')}; zeta is ζ.`;
  $('formula-name').textContent = `${e.title}(ζ) =`;
  $('formula').placeholder = `a formula of ${e.names.join(', ')}`;
  $('formula').value = '';
  verdict(true, '');
}

async function check(event) {
  event.preventDefault();
  try {
    const v = await call('check', { Key: $('exercise').value, Formula: $('formula').value });
    verdict(v.right, (v.right ? 'Right. It obeys the law and agrees with finite differences.\n' : 'Not yet.\n') + v.message);
  } catch (error) {
    verdict(false, error.message);
  }
}

// What is said in words fits the width; the indented lines are a table.
function verdict(right, text) {
  const lines = text.split('\n'), table = lines.filter((l) => l.startsWith(' '));
  $('verdict').className = right ? 'holds' : 'fails';
  $('verdict').replaceChildren(
    ...lines.filter((l) => l.trim() && !l.startsWith(' ')).map((l) => make('p', {}, l)),
    ...(table.length ? [make('pre', { tabindex: 0, 'aria-label': 'the entries' }, table.join('\n'))] : []));
}
