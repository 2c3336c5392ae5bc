// Small helpers for the document.
export const $ = (id) => document.getElementById(id);

export function make(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) e.addEventListener(name.slice(2), value);
    else if (value === true) e.setAttribute(name, '');
    else if (value !== false && value !== undefined) e.setAttribute(name, value);
  }
  e.append(...children);
  return e;
}

export function fill(select, values) {
  select.replaceChildren(...values.map((v) => make('option', { value: v }, v)));
}

// A number with four digits. The engine sends NaN and infinities as strings.
export function short(x) {
  const v = Number(x === '+Inf' ? Infinity : x === '-Inf' ? -Infinity : x);
  if (!Number.isFinite(v)) return String(v).replace('Infinity', '∞');
  if (v !== 0 && (Math.abs(v) < 1e-3 || Math.abs(v) >= 1e5)) return v.toExponential(2);
  return String(Number(v.toPrecision(4)));
}

// A matrix as a table in brackets; of a large one the first rows and columns.
const most = 6;
export function matrix(m, label) {
  const rows = [];
  for (let i = 0; i < m.rows; i++) {
    const cells = [];
    for (let j = 0; j < m.columns; j++) {
      if (j === most && m.columns > most) { cells.push(make('td', {}, '…')); break; }
      cells.push(make('td', {}, i === most ? '…' : short(m.entries[i * m.columns + j])));
    }
    rows.push(make('tr', {}, ...cells));
    if (i === most) break;
  }
  return make('table', { class: 'matrix', 'aria-label': `${label}, ${m.rows} by ${m.columns}` }, make('tbody', {}, ...rows));
}

export function ink(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
