// Opens a report as a file in Chromium and prints what a reader would meet, as JSON.
//
//   node report.mjs FILE PROFILE CHROMIUM-FLAG…

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import WebSocket from "ws";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const [file, profile, ...flags] = process.argv.slice(2);
const page = pathToFileURL(file).href;

const browser = spawn("chromium", [...flags, "--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"], {
  stdio: ["ignore", "ignore", "pipe"],
});

async function address() {
  for await (const line of createInterface({ input: browser.stderr })) {
    const found = line.match(/DevTools listening on (\S+)/);
    if (found) return found[1];
  }
  throw new Error("Chromium ended before it listened");
}

const socket = new WebSocket(await address());
await once(socket, "open");
browser.stderr.resume();
const waiting = new Map();
const seen = { console: [], requests: [] };
let loaded;
let last = 0;
socket.on("message", (text) => {
  const { id, method, params, result, error } = JSON.parse(text);
  if (id) {
    const { done, failed } = waiting.get(id);
    return error ? failed(new Error(JSON.stringify(error))) : done(result);
  }
  if (method === "Page.loadEventFired") loaded();
  if (method === "Network.requestWillBeSent") seen.requests.push(params.request.url);
  if (method === "Log.entryAdded") seen.console.push(params.entry.text);
  if (method === "Runtime.exceptionThrown") seen.console.push(params.exceptionDetails.text);
  if (method === "Runtime.consoleAPICalled") seen.console.push(params.type);
});

function send(method, params = {}, sessionId = undefined) {
  last += 1;
  const done = new Promise((done, failed) => waiting.set(last, { done, failed }));
  socket.send(JSON.stringify({ id: last, method, params, sessionId }));
  return done;
}

const { targetId } = await send("Target.createTarget", { url: "about:blank" });
const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
const tell = (method, params) => send(method, params, sessionId);
async function evaluate(expression) {
  const { result, exceptionDetails } = await tell("Runtime.evaluate", {
    expression,
    awaitPromise: true,
    returnByValue: true,
  });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}

for (const domain of ["Page", "Network", "Log", "Runtime"]) await tell(`${domain}.enable`);
const load = new Promise((done) => (loaded = done));
await tell("Page.navigate", { url: page });
await load;

// What stands in the list, in all and under each choice of each filter.
const shown = `[...document.querySelectorAll("#list > article")].filter((one) => one.checkVisibility()).length`;
seen.all = await evaluate(shown);
seen.choices = await evaluate(`[...document.querySelectorAll("#filter select")].map((select) =>
  [...select.options].filter((option) => option.value).map((option) => {
    select.value = option.value;
    select.dispatchEvent(new Event("input", { bubbles: true }));
    const found = { filter: select.name, value: option.value, shown: ${shown},
                    said: document.getElementById("shown").textContent };
    select.value = "";
    select.dispatchEvent(new Event("input", { bubbles: true }));
    return found;
  })).flat()`);
seen.links = await evaluate(`[...document.querySelectorAll("a[href^='#']")].map((link) =>
  [link.hash, document.getElementById(link.hash.slice(1)) !== null])`);
seen.unfolded = await evaluate(`(async () => {
  const link = document.querySelector("a[href^='#e-']");
  const part = document.getElementById(link.hash.slice(1));
  const before = part.checkVisibility();
  link.click();
  await new Promise((done) => setTimeout(done, 100));
  return [before, part.checkVisibility()];
})()`);

await evaluate(`document.querySelectorAll("details").forEach((one) => { one.open = true; })`);
await evaluate(AXE);
seen.violations = [];
for (const value of ["light", "dark"]) {
  await tell("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value }] });
  const found = await evaluate(`axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) =>
    ({ id, impact, first: nodes[0].html })))`);
  seen.violations.push(...found.map((one) => ({ ...one, scheme: value })));
}

console.log(JSON.stringify(seen));
await send("Browser.close");
