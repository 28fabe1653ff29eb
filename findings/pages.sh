#!/usr/bin/env bash
# Hono on Node: the answer to HEAD lacks every field that secureHeaders() sets on GET.
#
# Versions: hono 4.13.19, @hono/node-server 1.19.19, Node 18 or later.
# Behaviour: GET carries eleven security fields, HEAD for the same path carries none of them. By
#   app.request(), without the adapter, both carry all eleven.
# Why a good guess is wrong: RFC 9110 §9.3.2 has HEAD send the fields of GET, and Hono makes HEAD out
#   of the answer to GET: new Response(null, answer). The adapter replaces the global Response by a light
#   one, whose copy is made from what the handler passed in: what a middleware has set on
#   c.res.headers since then is not copied. c.header() makes a new answer, and is.
# So a grader that asks by HEAD, as shcheck and drheader do, reports all of them missing.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts hono@4.13.19 @hono/node-server@1.19.19

cat >measure.cjs <<'JS'
const { Hono } = require('hono');
const { secureHeaders } = require('hono/secure-headers');

const security = (headers) =>
  [...headers.keys()].filter((name) => /^(x-|strict-|referrer-|cross-origin-|origin-agent)/.test(name)).length;
const app = new Hono();
app.use(secureHeaders());
app.get('/', (context) => context.html('<p>hello</p>'));
const set = new Hono();
set.use(async (context, next) => { await next(); context.header('X-Set', '1'); });
set.get('/', (context) => context.html('<p>hello</p>'));

(async () => {
  const bare = {};
  for (const method of ['GET', 'HEAD']) bare[method] = security((await app.request('/', { method })).headers);
  const { serve } = require('@hono/node-server');
  const listen = (fetch) => new Promise((done) => {
    const server = serve({ fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => done({ server, port }));
  });
  const ask = (port, method) => new Promise((done, failed) => {
    const request = require('http').request({ host: '127.0.0.1', port, method, agent: false }, (answer) => {
      answer.resume();
      done(security(new Headers(answer.headers)));
    });
    request.on('error', failed).end();
  });
  for (const [said, fetch] of [['secureHeaders()', app.fetch], ['context.header()', set.fetch]]) {
    const { server, port } = await listen(fetch);
    console.log(`${said} on Node: GET ${await ask(port, 'GET')}, HEAD ${await ask(port, 'HEAD')}`);
    server.close();
  }
  console.log(`secureHeaders() by app.request(): GET ${bare.GET}, HEAD ${bare.HEAD}`);
})();
JS
node measure.cjs | tee seen
diff - seen <<'EXPECTED'
secureHeaders() on Node: GET 11, HEAD 0
context.header() on Node: GET 1, HEAD 1
secureHeaders() by app.request(): GET 11, HEAD 11
EXPECTED
