// Runs every ONNX file of a folder in ONNX Runtime and compares the outputs with
// those in the JSON file beside it.
//
//	node check.mjs folder node_modules

import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

const [folder, modules] = process.argv.slice(2)
const ort = createRequire(join(resolve(modules), '_'))('onnxruntime-node')
const arrays = { float32: Float32Array, float64: Float64Array, int64: BigInt64Array }

// array is the contents of an array as JSON has it.
function array({ Type, Data }) {
  if (Type === 'string') return JSON.parse(Buffer.from(Data, 'base64').toString())
  const bytes = Uint8Array.from(Buffer.from(Data, 'base64'))
  return new arrays[Type](bytes.buffer)
}

// difference is the largest difference of two arrays, relative to the size of the output.
// What is not finite in one has not to be in the other: where sums overflow, their order
// decides between NaN and ±∞.
function difference(got, want, size) {
  let largest = 0
  for (let i = 0; i < want.length; i++) {
    const [g, w] = [Number(got[i]), Number(want[i])]
    if (Number.isFinite(g) || Number.isFinite(w)) largest = Math.max(largest, distance(g, w))
  }
  return largest === 0 ? 0 : largest / size
}

// sizeOf is the largest finite number that an output has in any run, or its floor: a single
// number of one run may be what larger ones leave where they cancel.
function sizeOf(runs, output) {
  let size = 0
  for (const { Outputs: { [output]: want } } of runs) {
    size = array(want).reduce((size, v) => Number.isFinite(Number(v)) ? Math.max(size, Math.abs(Number(v))) : size, Math.max(size, want.Floor))
  }
  return size
}

// entrywise is the largest difference of two entries, each relative to that of the
// second array, or to floor. Infinities have to be equal; where the second is NaN the
// first may be anything.
function entrywise(got, want, floor) {
  let largest = 0
  for (let i = 0; i < want.length; i++) {
    const [g, w] = [Number(got[i]), Number(want[i])]
    const d = Number.isNaN(w) ? 0 : distance(g, w)
    if (d > 0) largest = Math.max(largest, d === Infinity ? d : d / Math.max(Math.abs(w), floor))
  }
  return largest
}

// distance is |g − w|, and infinite where one is NaN or infinite and not the other.
function distance(g, w) {
  if (Object.is(g, w) || g === w) return 0
  return Number.isFinite(g) && Number.isFinite(w) ? Math.abs(g - w) : Infinity
}

// compare returns what is wrong with one output, and its difference.
function compare(got, want, difference, size) {
  if (got === undefined) return ['it is missing', Infinity]
  const expected = `${want.Type}(${want.Dims})`
  if (`${got.type}(${got.dims})` !== expected) {
    return [`it is ${got.type}(${got.dims}), not ${expected}`, Infinity]
  }
  return ['', difference(got.data, array(want), size)]
}

let failed = false

// fail reports what is wrong with a file.
function fail(name, problem) {
  failed = true
  console.log(`  ${name}: ${problem}`)
}

// run compares all runs of a file, and returns the number of outputs, the largest
// difference, and the output that has it.
async function run(name) {
  const { Tolerance, Entrywise, Runs } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))
  let [outputs, largest, where] = [0, 0, '']
  const session = await ort.InferenceSession.create(join(folder, `${name}.onnx`), { logSeverityLevel: 3 })
  for (const { Inputs, Outputs } of Runs) {
    const feeds = {}
    for (const input of session.inputNames) {
      feeds[input] = new ort.Tensor(Inputs[input].Type, array(Inputs[input]), Inputs[input].Dims)
    }
    const results = await session.run(feeds)
    for (const [output, want] of Object.entries(Outputs)) {
      const [problem, d] = Entrywise
        ? compare(results[output], want, entrywise, want.Floor)
        : compare(results[output], want, difference, sizeOf(Runs, output))
      if (!(d <= Tolerance)) fail(name, `output ${output} differs by ${d.toExponential(1)} ${problem}`)
      if (d > largest) [largest, where] = [d, output]
      outputs++
    }
  }
  return [outputs, largest, where]
}

// Files that are many of a kind, such as alone-float32-Exp, share a line.
const lines = new Map()
for (const file of readdirSync(folder).filter(f => f.endsWith('.onnx')).sort()) {
  const name = file.slice(0, -'.onnx'.length)
  const line = name.replace(/^(alone|extreme|known|random)-(float\d+)-.*/, '$1-$2')
  const total = lines.get(line) ?? { files: 0, outputs: 0, largest: 0, where: '' }
  lines.set(line, total)
  try {
    const [outputs, largest, where] = await run(name)
    total.files++
    total.outputs += outputs
    if (largest > total.largest) Object.assign(total, { largest, where })
  } catch (refusal) {
    fail(name, refusal.message)
  }
}
console.log(`ONNX Runtime ${ort.env.versions.node}:`)
for (const [line, { files, outputs, largest, where }] of lines) {
  console.log(`  ${line.padEnd(48)} ${files} files, ${outputs} outputs, largest difference ${largest.toExponential(1)} ${where}`)
}
process.exit(failed ? 1 : 0)
