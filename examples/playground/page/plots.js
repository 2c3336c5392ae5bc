// The pictures of a training: boundary, curve and weights.
import { $, ink, short } from './dom.js';

let view; // what the picture of the boundary shows: its corners

export function drawBoundary(examples, grid, chosen, cursor) {
  const canvas = $('boundary'), c = canvas.getContext('2d'), { width: w, height: h } = canvas;
  view = grid;
  c.clearRect(0, 0, w, h);
  const inks = [0, 1, 2].map((k) => ink(`--class-${k}`));
  const x = (j) => Math.round(j * w / grid.Size), y = (i) => h - Math.round(i * h / grid.Size);
  for (let i = 0; i < grid.Size; i++) {
    for (let j = 0; j < grid.Size; j++) {
      const at = i * grid.Size + j;
      c.fillStyle = inks[grid.Classes[at] % 3];
      c.globalAlpha = 0.08 + 0.5 * Math.max(0, 2 * Number(grid.Sure[at]) - 1 || 0);
      c.fillRect(x(j), y(i + 1), x(j + 1) - x(j), y(i) - y(i + 1));
    }
  }
  c.globalAlpha = 1;
  const colours = { inks, paper: ink('--paper'), ink: ink('--ink') };
  examples.x.forEach((x, i) => mark(c, toPixel(canvas, x), examples.y[i], i === chosen, colours));
  if (cursor) {
    const [x, y] = toPixel(canvas, cursor);
    c.strokeStyle = ink('--ink');
    c.strokeRect(x - 6, y - 6, 12, 12);
  }
}

// A class has a shape besides its colour.
function mark(c, [x, y], kind, chosen, colours) {
  c.beginPath();
  if (kind % 3 === 0) c.arc(x, y, 3.5, 0, 2 * Math.PI);
  else if (kind % 3 === 1) c.rect(x - 3.2, y - 3.2, 6.4, 6.4);
  else { c.moveTo(x, y - 4); c.lineTo(x + 4, y + 3); c.lineTo(x - 4, y + 3); c.closePath(); }
  c.fillStyle = colours.inks[kind % 3];
  c.fill();
  c.strokeStyle = colours.paper;
  c.lineWidth = 1;
  c.stroke();
  if (chosen) {
    c.beginPath();
    c.arc(x, y, 8, 0, 2 * Math.PI);
    c.strokeStyle = colours.ink;
    c.lineWidth = 2;
    c.stroke();
  }
}

function toPixel(canvas, x) {
  const part = (k) => (x[k] - view.From[k]) / (view.To[k] - view.From[k] || 1);
  return [part(0) * canvas.width, canvas.height * (1 - (x.length > 1 ? part(1) : 0.5))];
}

// The point of the plane under a place of the picture, given as parts of its sides.
export function toPoint(right, down) {
  return [view.From[0] + right * (view.To[0] - view.From[0]), view.To[1] - down * (view.To[1] - view.From[1])];
}

export function drawCurve(state) {
  const canvas = $('curve'), c = canvas.getContext('2d'), { width: w, height: h } = canvas, edge = 34;
  c.clearRect(0, 0, w, h);
  const costs = state.costs.map(Number), finite = costs.filter(Number.isFinite);
  const top = Math.max(...finite, 0), low = Math.min(0, ...finite);
  c.font = '12px sans-serif';
  c.fillStyle = ink('--ink');
  c.fillText(finite.length < costs.length ? '∞' : short(top), 2, 14);
  c.fillText(short(low), 2, h - 4);
  c.textAlign = 'right';
  c.fillText(`step ${(costs.length - 1) * state.every}`, w - 4, h - 4);
  c.textAlign = 'left';
  c.strokeStyle = ink('--accent');
  c.lineWidth = 2;
  c.beginPath();
  let drawing = false;
  costs.forEach((v, i) => {
    if (!Number.isFinite(v)) { drawing = false; return; }
    const x = edge + (w - edge - 8) * i / Math.max(1, costs.length - 1), y = 8 + (h - 30) * (1 - (v - low) / (top - low || 1));
    drawing ? c.lineTo(x, y) : c.moveTo(x, y);
    drawing = true;
  });
  c.stroke();
  canvas.setAttribute('aria-label', `the cost J over the steps: from ${short(costs[0])} to ${short(costs[costs.length - 1])} after ${state.steps} steps`);
}

export function drawWeights(state) {
  const canvas = $('weights'), c = canvas.getContext('2d'), { width: w, height: h } = canvas;
  c.clearRect(0, 0, w, h);
  const colours = { wrong: ink('--wrong'), below: ink('--class-0'), above: ink('--class-1') };
  const matrices = state.weights.filter((m) => m.name.startsWith('w'));
  const columns = matrices.reduce((n, m) => n + m.columns + 1, 1), rows = Math.max(...matrices.map((m) => m.rows)) + 2;
  const cell = Math.min(w / columns, h / rows, 16);
  let left = cell;
  for (const m of matrices) {
    const most = Math.max(1e-12, ...m.entries.map((x) => Math.abs(Number(x)) || 0));
    for (let i = 0; i < m.rows; i++) {
      for (let j = 0; j < m.columns; j++) {
        const v = Number(m.entries[i * m.columns + j]) / most;
        c.globalAlpha = Number.isFinite(v) ? 0.1 + 0.9 * Math.abs(v) : 1;
        c.fillStyle = !Number.isFinite(v) ? colours.wrong : v < 0 ? colours.below : colours.above;
        c.fillRect(left + j * cell, cell + i * cell, Math.max(1, cell - 1), Math.max(1, cell - 1));
      }
    }
    left += (m.columns + 1) * cell;
  }
  c.globalAlpha = 1;
  canvas.setAttribute('aria-label', 'the weights: ' + matrices.map((m) => `${m.name}, ${m.rows} by ${m.columns}`).join('; '));
}
