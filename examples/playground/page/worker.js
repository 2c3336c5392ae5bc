// The engine's thread: it loads the engine and answers the page's questions one by one.
importScripts('wasm_exec.js');

const waiting = [];
let ready = false;

function answer({ id, method, args }) {
  postMessage({ id, ...JSON.parse(self.adjoint(method, JSON.stringify(args))) });
}

self.adjointReady = () => {
  ready = true;
  waiting.splice(0).forEach(answer);
};

onmessage = ({ data }) => { ready ? answer(data) : waiting.push(data); };

(async () => {
  try {
    const file = await fetch('adjoint.wasm.gz');
    if (!file.ok) throw new Error(`adjoint.wasm.gz: ${file.status} ${file.statusText}`);
    const bytes = file.body.pipeThrough(new DecompressionStream('gzip'));
    const go = new Go();
    const { instance } = await WebAssembly.instantiateStreaming(
      new Response(bytes, { headers: { 'Content-Type': 'application/wasm' } }), go.importObject);
    await go.run(instance);
    throw new Error('the engine has ended');
  } catch (error) {
    postMessage({ failed: String(error.message ?? error) });
  }
})();
