// The MDN Observatory as oracle: its retriever, its tests and its scoring, on a list of paths.
//
//   node observatory.mjs HTTP_PORT HTTPS_PORT PRELOAD.json < paths.json > answers.json
//
// The package comes without a preload list and would download one; the given file takes its place, in
// a copy of the package, for other runs go on beside this one.
import { createRequire } from "node:module";
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(path.join(process.cwd(), "package.json"));
const original = path.dirname(require.resolve("@mdn/mdn-http-observatory/package.json"));
const root = mkdtempSync(`${original}-`);
process.on("exit", () => rmSync(root, { recursive: true }));
cpSync(original, root, { recursive: true });
const [httpPort, httpsPort, preload] = process.argv.slice(2);
copyFileSync(preload, path.join(root, "conf", "hsts-preload.json"));

const load = (file) => import(pathToFileURL(path.join(root, "src", file)));
const { retrieve } = await load("retriever/retriever.js");
const { ALL_TESTS } = await load("constants.js");
const { getGradeForScore, getScoreModifier } = await load("grader/grader.js");
const { MINIMUM_SCORE_FOR_EXTRA_CREDIT } = await load("grader/charts.js");

// As scan() does it, which in this version takes no ports.
async function scan(sitePath) {
  const seen = await retrieve("localhost", { httpPort, httpsPort, path: sitePath });
  if (!seen.responses.auto) throw new Error("The site seems to be down.");
  const { status } = seen.responses.auto;
  if (status < 200 || (status >= 400 && ![401, 403].includes(status)))
    throw new Error(`Site did respond with an unexpected HTTP status code ${status}.`);
  const tests = ALL_TESTS.map((test) => test(seen)).map(({ constructor, result, pass }) => ({
    name: constructor.name,
    result,
    modifier: getScoreModifier(result),
    pass,
  }));
  const sum = (modifiers) => modifiers.reduce((total, modifier) => total + modifier, 100);
  const uncurved = sum(tests.map(({ modifier }) => Math.min(modifier, 0)));
  const full = sum(tests.map(({ modifier }) => modifier));
  return { ...getGradeForScore(uncurved >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? full : uncurved), tests };
}

const answers = [];
for (const sitePath of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    answers.push(await scan(sitePath));
  } catch (error) {
    answers.push({ error: error.message });
  }
}
writeFileSync(1, JSON.stringify(answers));
// Its timers would keep the process for ten seconds more.
process.exit(0);
