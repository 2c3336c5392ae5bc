// Times an ONNX file by ONNX Runtime on one image, on one thread, and prints a line of JSON: the
// median of five blocks of calls, each of them awaited.
//
//	node lenet_answer.mjs node_modules model.onnx calls image
import {createRequire} from 'node:module'
import {resolve} from 'node:path'

const [modules, model, calls, image] = process.argv.slice(2)
const ort = createRequire(resolve(modules) + '/')('onnxruntime-node')
const session = await ort.InferenceSession.create(model, {
	intraOpNumThreads: 1, interOpNumThreads: 1, graphOptimizationLevel: 'all', logSeverityLevel: 3,
})
const feeds = {[session.inputNames[0]]: new ort.Tensor('float32', Float32Array.from(JSON.parse(image)), [1, 1, 28, 28])}
const once = async () => (await session.run(feeds))[session.outputNames[0]]
let last
for (let i = 0; i < 100; i++) last = await once()
const blocks = []
for (let block = 0; block < 5; block++) {
	const begin = performance.now()
	for (let i = 0; i < calls; i++) await once()
	blocks.push((performance.now() - begin) / calls)
}
blocks.sort((a, b) => a - b)
console.log(JSON.stringify({ms_per_step: Number(blocks[2].toPrecision(5)), output: last.data[0], library: `onnxruntime-node ${ort.env.versions.node}`}))
