// Express with helmet's defaults, behind TLS: `node helm.js PORT KEY CERTIFICATE`.
const fs = require('fs');
const https = require('https');
const express = require('express');
const helmet = require('helmet');

const [port, key, certificate] = process.argv.slice(2);
const app = express();
app.use(helmet());
app.get('/', (request, response) => {
  response.type('html').send('<!doctype html><html lang="en"><head><title>Quay</title></head><body><p>hello</p></body></html>');
});
https
  .createServer({ key: fs.readFileSync(key), cert: fs.readFileSync(certificate) }, app)
  .listen(Number(port), '127.0.0.1');
