// Runs the cases of a file in ONNX Runtime on one thread, and writes what comes out.
//
//	node ort.mjs node_modules cases.json results.json
import {createRequire} from 'node:module';
import {readFileSync, writeFileSync} from 'node:fs';
import {resolve} from 'node:path';

const [modules, from, to] = process.argv.slice(2);
const ort = createRequire(resolve(modules) + '/')('onnxruntime-node');

const arrays = {
	float32: Float32Array, float64: Float64Array, int32: Int32Array, uint8: Uint8Array, bool: Uint8Array,
};

function tensor(x) {
	if (x.type === 'int64') return new ort.Tensor('int64', BigInt64Array.from(x.data.map(BigInt)), x.dims);
	return new ort.Tensor(x.type, arrays[x.type].from(x.data), x.dims);
}

const results = [];
for (const c of JSON.parse(readFileSync(from))) {
	try {
		const begin = performance.now();
		const s = await ort.InferenceSession.create(c.model, {intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3});
		const cold = performance.now() - begin;
		const feeds = Object.fromEntries(Object.entries(c.inputs).filter(([n]) => s.inputNames.includes(n)).map(([n, x]) => [n, tensor(x)]));
		const out = await s.run(feeds);
		const times = [];
		for (const end = performance.now() + c.milliseconds; performance.now() < end;) {
			const t = performance.now();
			await s.run(feeds);
			times.push(performance.now() - t);
		}
		times.sort((a, b) => a - b);
		results.push({
			outputs: s.outputNames.map(n => ({type: out[n].type, dims: out[n].dims, data: Array.from(out[n].data, v => Number.isFinite(Number(v)) ? Number(v) : String(v))})),
			resident: 1024 * /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status'))[1], cold, median: times[times.length >> 1], p99: times[Math.floor(times.length * 0.99)],
		});
	} catch (e) {
		results.push({error: String(e)});
	}
}
writeFileSync(to, JSON.stringify(results));
