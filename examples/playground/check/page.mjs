// Drives the playground in Chromium: every panel, the numbers on the arrows, every switch,
// the keyboard alone, two widths, light and dark, and accessibility.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { chromium } from 'playwright-core';

const { PLAYGROUND_SITE: site, PLAYGROUND_EXPECTED: expectedPath, PLAYGROUND_SHOTS: shots } = process.env;
const expected = JSON.parse(await readFile(expectedPath));
const axe = readFileSync(new URL('./node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

const types = { html: 'text/html', css: 'text/css', js: 'text/javascript', gz: 'application/gzip' };
const server = createServer(async (request, response) => {
  try {
    const name = new URL(request.url, 'http://x').pathname.slice(1) || 'index.html';
    const body = await readFile(join(site, name));
    response.writeHead(200, { 'Content-Type': types[name.split('.').pop()] });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const url = `http://127.0.0.1:${server.address().port}/`;

const browser = await chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), 'playground-')), {
  executablePath: '/usr/bin/chromium', headless: true, viewport: { width: 1280, height: 900 },
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage();
const faults = [], foreign = [];
page.on('console', (m) => { if (['error', 'warning'].includes(m.type())) faults.push(m.text()); });
page.on('pageerror', (e) => faults.push(String(e)));
page.on('request', (r) => { if (!r.url().startsWith(url) && !r.url().startsWith('data:')) foreign.push(r.url()); });

const ready = () => page.waitForSelector('body[data-ready]', { timeout: 60000 });
const text = (selector) => page.locator(selector).innerText();
const shot = async (name) => { if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true }); };
const choose = async (tab) => page.getByRole('tab', { name: tab }).click();
const accessible = async (where) => {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), [], where);
};

const tests = [];
const test = (name, f) => tests.push([name, f]);

test('the first picture comes within two seconds of a warm server', async () => {
  await page.goto(url);
  await ready();
  await page.goto('about:blank');
  const start = Date.now();
  await page.goto(url);
  await ready();
  console.log(`    ${Date.now() - start} ms`);
});

test('one example, forwards and backwards: the numbers of the engine in Go', async () => {
  const before = await page.innerHTML('#diagram');
  await page.fill('#example', '5');
  await page.dispatchEvent('#example', 'change');
  await page.waitForFunction((old) => document.getElementById('diagram').innerHTML !== old, before);
  assert.equal(await page.locator('#backward li').count(), expected.backward.length);
  await page.click('#first');
  const steps = [...expected.forward, ...expected.backward, ...expected.update];
  for (let i = 0; i < steps.length; i++) {
    const s = steps[i], detail = await text('#detail');
    if (s.text) assert.ok(detail.includes(s.text), `step ${i}: ${s.text} is not in ${detail}`);
    const shown = await page.locator('#detail table.matrix').first().locator('td').allInnerTexts();
    const want = (s.value ?? s.new).entries.map(Number);
    if (want.length <= 36 && !shown.includes('…')) {
      assert.equal(shown.length, want.length);
      shown.forEach((v, k) => assert.ok(Math.abs(Number(v) - want[k]) <= 6e-4 * Math.abs(want[k]) + 1e-12, `step ${i}: ${v} for ${want[k]}`));
    }
    if (s.law) assert.match(await text('#detail .law'), / = .* = ⟨ζ, dF\(ξ\)⟩$/);
    await page.click('#forth');
  }
  assert.match(await text('#position'), new RegExp(`step ${steps.length} of ${steps.length}, descent`));
  assert.equal(await page.locator('#diagram [data-node]:not(.done)').count(), 0);
  await shot('look');
});

test('a click into the diagram shows its step, and one into the list brings it into view', async () => {
  await page.locator('#diagram .adjoint-back text').first().click();
  assert.match(await text('#position'), /backwards$/);
  assert.match(await text('#detail'), /The cotangent of \S+: how much L grows/);
  await page.locator('#backward button').last().click();
  assert.ok(await page.locator('#position').evaluate((e) => e.getBoundingClientRect().top >= 0));
  assert.equal(await text('#position'), `step ${expected.forward.length + expected.backward.length} of ${expected.forward.length + expected.backward.length + expected.update.length}, backwards`);
});

test('a ξ of one’s choice, and one that cannot be read', async () => {
  const i = expected.forward.length + expected.backward.findIndex((s) => s.law);
  await page.locator(`[data-step="${i}"]`).click();
  const entries = (await page.inputValue('#xi')).split(' ').map(() => '2').join(' ');
  await page.fill('#xi', entries);
  await page.press('#xi', 'Enter');
  await page.waitForFunction(() => document.querySelector('#detail .law.holds'));
  await page.fill('#xi', 'one');
  await page.press('#xi', 'Enter');
  await page.waitForFunction(() => document.querySelector('#detail .fails')?.innerText.includes('cannot be read'));
  assert.equal(await page.locator('#detail .law.holds').count(), 1, 'the last ξ that was right is still there');
});

test('moons are learned to 95 %, while the page draws', async () => {
  await page.click('#run');
  await page.waitForFunction(() => parseFloat(document.getElementById('accuracy').innerText) >= 95, null, { timeout: 60000 });
  await page.click('#run');
  await shot('trained');
});

test('frames a second, on 2-16-16-1 with 500 points', async () => {
  await choose('Play');
  await page.fill('#rows', '500');
  await page.fill('#layers', '16, 16');
  await page.dispatchEvent('#layers', 'change');
  await page.waitForFunction(() => document.getElementById('boundary-caption').innerText.startsWith('500'));
  await page.click('#run');
  await page.waitForTimeout(500);
  const before = await page.evaluate(() => [window.playgroundFrames(), performance.now(), Number(document.getElementById('steps').innerText)]);
  await page.waitForTimeout(3000);
  const after = await page.evaluate(() => [window.playgroundFrames(), performance.now(), Number(document.getElementById('steps').innerText)]);
  await page.click('#run');
  const seconds = (after[1] - before[1]) / 1000;
  console.log(`    ${((after[0] - before[0]) / seconds).toFixed(1)} frames and ${((after[2] - before[2]) / seconds).toFixed(0)} steps a second`);
  assert.ok(after[0] - before[0] > 10);
  await shot('play');
});

test('data of one’s own: a CSV, one with an error, points by the keyboard', async () => {
  await page.selectOption('#data', 'csv');
  await page.fill('#csv', 'a,b,kind\n1,2,left\n2,1,right\n1,3,left\n3,1,right\n');
  await page.dispatchEvent('#csv', 'change');
  await page.waitForFunction(() => document.getElementById('boundary-caption').innerText.startsWith('4 examples'));
  await page.fill('#csv', 'a,b,kind\n1,x,left\n');
  await page.dispatchEvent('#csv', 'change');
  await page.waitForFunction(() => document.getElementById('message').innerText.includes('"x"'));
  await page.selectOption('#data', 'points');
  await page.waitForFunction(() => document.getElementById('boundary-caption').innerText.startsWith('4 examples') && !document.getElementById('message').innerText);
  await page.focus('#boundary');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.getElementById('boundary-caption').innerText.startsWith('5 examples'));
});

test('each switch shows what it says', async () => {
  await page.goto(url + '#');
  await page.reload();
  await ready();
  await choose('Break it');
  const switches = await page.locator('#switches input').evaluateAll((all) => all.map((e) => e.value));
  assert.equal(switches.length, 10);
  for (const key of switches.filter(Boolean)) {
    await page.check(`#switches input[value="${key}"]`);
    await page.waitForFunction(() => document.querySelectorAll('#seen td').length > 0 && document.getElementById('steps').innerText === '0');
    await page.click('#run');
    await page.waitForFunction(() => Number(document.getElementById('steps').innerText) >= 60 || document.getElementById('run').ariaPressed === 'false', null, { timeout: 30000 });
    if (await page.getAttribute('#run', 'aria-pressed') === 'true') await page.click('#run');
    assert.ok(await page.locator('#seen td.fails').count() > 0, `${key} shows nothing wrong`);
    if (key === 'literal') await shot('break');
  }
  await page.check('#switches input[value=""]');
});

test('a formula of one’s own: a lost transpose gets its hint, the right one is right', async () => {
  await choose('Check mine');
  await page.selectOption('#exercise', 'r2phi');
  await page.fill('#formula', '-MatMul(T(w), zeta)');
  await page.press('#formula', 'Enter');
  await page.waitForFunction(() => document.getElementById('verdict').innerText.includes('the sign is wrong'));
  await shot('check');
  await page.fill('#formula', 'MatMul(T(w), zeta)');
  await page.press('#formula', 'Enter');
  await page.waitForFunction(() => document.getElementById('verdict').innerText.startsWith('Right'));
});

test('the keyboard alone: to the tabs, through them, to a step and to a switch', async () => {
  await page.goto(url + '#');
  await page.reload();
  await ready();
  const tabTo = async (selector) => {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate((s) => document.activeElement.matches(s), selector)) return;
    }
    assert.fail(`Tab does not reach ${selector}`);
  };
  await tabTo('#run');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => Number(document.getElementById('steps').innerText) > 0);
  await page.keyboard.press('Enter');
  await tabTo('[role="tab"]');
  await tabTo('#forth');
  await page.keyboard.press('Enter');
  assert.match(await text('#position'), /step 2 of/);
  await page.focus('[role="tab"][aria-selected="true"]');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'tab-break');
  await tabTo('#switches input');
  await page.keyboard.press('ArrowDown');
  await page.waitForFunction(() => document.querySelectorAll('#seen td').length > 0);
});

test('a link restores the state', async () => {
  const link = await page.evaluate(() => location.href);
  const other = await browser.newPage();
  await other.goto(link);
  await other.waitForSelector('body[data-ready]');
  assert.equal(await other.getAttribute('#tab-break', 'aria-selected'), 'true');
  assert.equal(await other.isChecked('#switches input[value="equal"]'), true);
  await other.close();
});

test('no violation of accessibility, in every panel, width and scheme, and nothing beside the page', async () => {
  for (const [width, scheme] of [[1280, 'light'], [1280, 'dark'], [390, 'light'], [390, 'dark']]) {
    await page.setViewportSize({ width, height: 844 });
    await page.emulateMedia({ colorScheme: scheme });
    for (const tab of ['Look inside', 'Play', 'Break it', 'Check mine']) {
      await choose(tab);
      await page.waitForTimeout(250); // the transition of the diagram
      await accessible(`${tab}, ${width}, ${scheme}`);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${tab} is wider than ${width}`);
      await shot(`${tab.split(' ')[0].toLowerCase()}-${width}-${scheme}`);
    }
  }
});

let failed = 0;
for (const [name, f] of tests) {
  try {
    await f();
    console.log(`ok  ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${name}\n${error.stack}`);
    await shot(`failed-${failed}`);
  }
}
if (faults.length || foreign.length) {
  failed++;
  console.log('FAIL the console, or requests to other hosts:', faults, foreign);
}
await browser.close();
server.close();
process.exit(failed ? 1 : 0);
