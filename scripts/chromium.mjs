// Runs a program of GOOS=js GOARCH=wasm in Chromium, as a test or benchmark of Go:
//
//	GOOS=js GOARCH=wasm go test -exec "node $PWD/scripts/chromium.mjs" ./bench -run '^$' -bench W3 -benchtime 20000x
//
// A page loads the program and Go's glue from a server on this machine, which prints what the program prints
// and ends as it ends. A page has no files, and the program gets no environment.
import {execFileSync, spawn} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {createServer} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

const [program, ...flags] = process.argv.slice(2)
const glue = join(execFileSync('go', ['env', 'GOROOT']).toString().trim(), 'lib/wasm/wasm_exec.js')

// What the program prints is sent in order: each line waits for the one before.
const page = `<!doctype html><script src="glue.js"></script><script type="module">
let sent = Promise.resolve()
const send = (path, body) => sent = sent.then(() => fetch(path, {method: 'POST', body}))
console.log = (line) => send('line', line)
const go = new Go()
go.argv = ${JSON.stringify([program, ...flags])}
go.exit = (code) => send('exit', String(code))
try {
	await go.run((await WebAssembly.instantiateStreaming(fetch('program.wasm'), go.importObject)).instance)
} catch (e) {
	send('line', String(e))
	send('exit', '1')
}
</script>`

const files = {
	'/': ['text/html', page],
	'/glue.js': ['text/javascript', readFileSync(glue)],
	'/program.wasm': ['application/wasm', readFileSync(program)],
}
const server = createServer(async (request, response) => {
	if (request.method === 'POST') {
		const body = []
		for await (const part of request) body.push(part)
		response.end()
		const text = Buffer.concat(body).toString()
		if (request.url === '/line') console.log(text)
		else stop(Number(text))
		return
	}
	const [type, body] = files[request.url] ?? []
	// A page apart from others has a clock of 5 µs, and 100 otherwise.
	response.writeHead(body ? 200 : 404, {
		'Content-Type': type ?? 'text/plain',
		'Cross-Origin-Opener-Policy': 'same-origin',
		'Cross-Origin-Embedder-Policy': 'require-corp',
	}).end(body)
})
await new Promise((listening) => server.listen(0, '127.0.0.1', listening))

const profile = mkdtempSync(join(tmpdir(), 'chromium-'))
const browser = spawn('chromium', ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking',
	'--disable-component-update', '--disable-sync', '--no-first-run', `--user-data-dir=${profile}`,
	`http://127.0.0.1:${server.address().port}/`], {stdio: 'ignore', detached: true})

// The browser leads a group of processes. The group and its folder go when this process exits, also by
// a signal that can be caught.
process.on('exit', () => {
	try {
		process.kill(-browser.pid, 'SIGKILL')
	} catch {
		// there is none: it did not start, or all of them have ended
	}
	rmSync(profile, {recursive: true, force: true, maxRetries: 5, retryDelay: 100})
})
for (const [signal, number] of [['SIGHUP', 1], ['SIGINT', 2], ['SIGQUIT', 3], ['SIGTERM', 15]]) {
	process.on(signal, () => process.exit(128 + number))
}
browser.on('error', (e) => {
	console.error(`chromium.mjs: ${e.message}`)
	process.exit(1)
})
let code = 1 // of a browser that ends before the program
browser.on('exit', () => process.exit(code))

function stop(status) {
	code = status
	browser.kill()
}
