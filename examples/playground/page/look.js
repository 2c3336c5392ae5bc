// One example forwards and backwards, step by step: in the diagram, in words, as a list.
import { $, make, matrix, short } from './dom.js';
import { call } from './engine.js';

let look;      // what the engine says of the example
let steps = []; // forwards, backwards, and the descent
let at = 0;
let timer = 0;
let moved = () => {};

export const position = () => at;
export const onMove = (f) => { moved = f; };

export async function showExample(example, step) {
  look = await call('look', { Example: example });
  steps = [
    ...look.forward.map((s) => ({ ...s, way: 'forward' })),
    ...look.backward.map((s) => ({ ...s, way: 'backward' })),
    ...look.update.map((m) => ({ ...m, way: 'update', text: `${m.name} := ${m.name} − rate·∂L/∂${m.name}` })),
  ];
  $('diagram').innerHTML = look.svg.slice(look.svg.indexOf('<svg'));
  for (const way of ['forward', 'backward', 'update']) {
    $(way).replaceChildren(...steps.map((s, i) => [s, i]).filter(([s]) => s.way === way).map(([s, i]) =>
      make('li', {}, make('button', { type: 'button', class: 'text', 'data-step': i, onclick: () => goAndSee(i) }, s.text))));
  }
  $('backward').start = look.forward.length + 1;
  $('update').start = look.forward.length + look.backward.length + 1;
  for (const g of $('diagram').querySelectorAll('[data-node]')) g.onclick = () => goAndSee(stepOf(g));
  go(Math.min(step ?? at, steps.length - 1));
}

export function go(i) {
  at = Math.max(0, Math.min(steps.length - 1, i));
  const s = steps[at];
  $('position').textContent = `step ${at + 1} of ${steps.length}, ${{ forward: 'forwards', backward: 'backwards', update: 'descent' }[s.way]}`;
  lightUp();
  compose(s);
  describe(s);
  for (const b of document.querySelectorAll('[data-step]')) {
    Number(b.dataset.step) === at ? b.setAttribute('aria-current', 'step') : b.removeAttribute('aria-current');
  }
  moved();
}

// From the list or the diagram: what the step says stands above both.
function goAndSee(i) {
  if (i < 0) return;
  go(i);
  $('position').scrollIntoView({ block: 'nearest' });
}

// The step of a group of the diagram, -1 if it has none.
function stepOf(g) {
  const node = Number(g.dataset.node), input = Number(g.dataset.input);
  if (g.classList.contains('adjoint-back')) {
    return steps.findIndex((s) => s.way === 'backward' && s.node === node && s.input === input);
  }
  return steps.findIndex((s) => s.way === 'forward' && s.node === node);
}

// What has been passed is dark, what passes now is thick.
function lightUp() {
  const groups = $('diagram').querySelectorAll('[data-node]');
  let now;
  groups.forEach((g) => {
    const i = stepOf(g);
    g.classList.toggle('done', i >= 0 && i <= at);
    g.classList.toggle('now', i === at);
    if (i === at) now = g;
  });
  if (steps[at].way === 'update') groups.forEach((g) => g.classList.add('done'));
  if (now) {
    const frame = $('diagram'), a = now.getBoundingClientRect(), b = frame.getBoundingClientRect();
    if (a.left < b.left || a.right > b.right) frame.scrollLeft += a.left - b.left - b.width / 3;
  }
}

// The composition with the reverse derivative of this step marked.
function compose(s) {
  const line = look.caption.find((c) => s.way === 'backward' && s.law && c.includes(s.name)) ?? look.caption[0];
  const at = s.way === 'backward' && s.name ? line.indexOf(s.name) : -1;
  $('composition').replaceChildren(...(at < 0 ? [line] : [line.slice(0, at), make('b', {}, s.name), line.slice(at + s.name.length)]));
}

function describe(s) {
  const box = $('detail');
  box.className = s.way === 'forward' ? 'forwards' : '';
  if (s.way === 'update') {
    box.replaceChildren(
      make('p', { class: 'text' }, s.text),
      make('div', { class: 'pair' }, matrix(s.new, 'the new ' + s.name), ' = ', matrix(s.old, s.name), ' − rate · ', matrix(s.gradient, 'its gradient')));
    return;
  }
  box.replaceChildren(make('p', { class: 'text' }, s.text), make('div', { class: 'pair' }, matrix(s.value, s.text)));
  if (s.way === 'backward') box.append(make('p', { class: 'hint' }, `The cotangent of ${of(s)}: how much L grows with each entry of ${of(s)}.`));
  if (s.law) box.append(...theLaw(s));
}

// What a step backwards differentiates L by: b[1] of ∂L/∂b[1] = r₁ψ[1](ζ).
const of = (s) => s.text.split(' = ')[0].replace('∂L/∂', '');

function theLaw(s) {
  const F = s.name.replace(/^r[₀-₉]*/, '');
  const words = make('p', { class: 'hint' }, make('b', {}, 'The law'), ` of F = ${F}: ⟨${s.name}(ζ), ξ⟩ = ⟨ζ, dF(ξ)⟩ for every ξ. ζ is the cotangent of what ${F} gives, ξ a change of ${of(s)}, and dF(ξ) what F makes of the change.`);
  const result = make('div', {}), fault = make('p', { class: 'fails', role: 'status' });
  const show = (l) => result.replaceChildren(
    make('div', { class: 'pair' }, ...[['ζ', s.zeta], ['ξ', l.xi], ['dF(ξ)', l.d]].map(([name, m]) =>
      make('span', { class: 'equation' }, `${name} =`, matrix(m, name)))),
    make('p', { class: 'law ' + (l.holds ? 'holds' : 'fails') },
      `⟨${s.name}(ζ), ξ⟩ = ${short(l.left)} ${l.holds ? '=' : '≠'} ${short(l.right)} = ⟨ζ, dF(ξ)⟩` + (l.holds ? '' : ': the law fails here')));
  show(s.law);
  const input = make('input', { id: 'xi', type: 'text', value: s.law.xi.entries.map(short).join(' ') });
  const form = make('form', {
    id: 'xi-form',
    onsubmit: async (e) => {
      e.preventDefault();
      try {
        const xi = (input.value.match(/[^\s,;[\]]+/g) ?? []).map(Number);
        if (xi.some(Number.isNaN)) throw new Error('ξ: a number is missing or cannot be read');
        show(await call('law', { Example: Number($('example').value), Node: s.node, Input: s.input, Xi: xi }));
        fault.textContent = '';
      } catch (error) {
        fault.textContent = error.message;
      }
    },
  }, make('label', { for: 'xi' }, `ξ of your choice, ${s.law.xi.rows}×${s.law.xi.columns}, row by row:`), input, make('button', { type: 'submit' }, 'Try it'));
  return [words, result, form, fault];
}

export function playSteps(on) {
  clearInterval(timer);
  $('play-steps').setAttribute('aria-pressed', String(on));
  if (!on) return;
  if (at === steps.length - 1) go(0);
  timer = setInterval(() => {
    go(at + 1);
    if (at === steps.length - 1) playSteps(false);
  }, 700);
}
