// Express behind TLS: `node helm.js PORT KEY CERTIFICATE MODE`.
//
// `helmet` sends helmet's defaults, `bare` what Express sends by itself; `mended:FILE` runs the
// statements of FILE, with `app` and `helmet` in scope, before the routes.
const fs = require('fs');
const https = require('https');
const express = require('express');
const helmet = require('helmet');

const [port, key, certificate, mode = 'bare'] = process.argv.slice(2);
const app = express();
if (mode === 'helmet') app.use(helmet());
if (mode.startsWith('mended:')) {
  new Function('app', 'helmet', fs.readFileSync(mode.slice('mended:'.length), 'utf8'))(app, helmet);
}
app.get('/', (request, response) => {
  response.type('html').send('<!doctype html><html lang="en"><head><title>Quay</title></head><body><p>hello</p></body></html>');
});
https
  .createServer({ key: fs.readFileSync(key), cert: fs.readFileSync(certificate) }, app)
  .listen(Number(port), '127.0.0.1');
