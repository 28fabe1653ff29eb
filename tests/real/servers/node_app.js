// A page behind TLS: `node node_app.js PORT KEY CHAIN KIND [FIX]`.
//
// For Express, FIX holds statements, run before the routes with `app` and `helmet` in scope. Fastify
// and Hono do not tell their name: FIX holds field lines, set on every answer.
const fs = require('fs');
const https = require('https');

const [port, key, certificate, kind, fix] = process.argv.slice(2);
const tls = { key: fs.readFileSync(key), cert: fs.readFileSync(certificate) };
const text = fix ? fs.readFileSync(fix, 'utf8') : '';
const fields = text.split('\n').filter((line) => line.includes(': ')).map((line) => line.split(/: (.*)/s).slice(0, 2));
const page = '<!doctype html><html lang="en"><head><title>Quay</title></head><body><p>hello</p></body></html>';

const kinds = {
  express() {
    const app = require('express')();
    new Function('app', 'helmet', text)(app, require('helmet'));
    app.get('/', (request, response) => { response.type('html').send(page); });
    https.createServer(tls, app).listen(Number(port), '127.0.0.1');
  },
  fastify() {
    const app = require('fastify')({ https: tls });
    app.addHook('onSend', async (request, reply) => { for (const [name, value] of fields) reply.header(name, value); });
    app.get('/', (request, reply) => reply.type('text/html; charset=utf-8').send(page));
    app.listen({ port: Number(port), host: '127.0.0.1' });
  },
  hono() {
    const { Hono } = require('hono');
    const app = new Hono();
    app.use(async (context, next) => { await next(); for (const [name, value] of fields) context.header(name, value); });
    app.get('/', (context) => context.html(page));
    const { serve } = require('@hono/node-server');
    serve({ fetch: app.fetch, port: Number(port), hostname: '127.0.0.1', createServer: https.createServer, serverOptions: tls });
  },
};
kinds[kind]();
