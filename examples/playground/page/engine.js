// The engine as functions that return promises. It runs in a worker.
const worker = new Worker('worker.js');
const open = new Map();
let next = 1;
let failed = '';

worker.onmessage = ({ data }) => {
  if (data.failed) {
    failed = data.failed;
    for (const [, { reject }] of open) reject(new Error(failed));
    open.clear();
    return;
  }
  const { resolve, reject } = open.get(data.id);
  open.delete(data.id);
  data.error === undefined ? resolve(data.result) : reject(new Error(data.error));
};

export function call(method, args = {}) {
  if (failed) return Promise.reject(new Error(failed));
  return new Promise((resolve, reject) => {
    open.set(next, { resolve, reject });
    worker.postMessage({ id: next++, method, args });
  });
}
