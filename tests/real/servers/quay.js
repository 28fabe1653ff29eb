// Express with ws, wrong in one place: below `/DEFECT/` is the service with that defect.
//
// A service with a public health endpoint, one protected route, and a socket at /ws that takes a
// token in the query and only the declared origin. `good` is right everywhere.
const http = require('http');
const express = require('express');
const { WebSocketServer } = require('ws');

const port = process.argv[2];
const ORIGIN = 'https://app.example.com';
const TOKENS = { 'good-token': '42', 'other-token': '77' };

function service(defect) {
  const app = express.Router();
  app.get('/health', (request, response) => {
    response.set('Cache-Control', 'no-store');
    if (defect === 'health-drop') return request.socket.destroy();
    if (defect === 'health-503') return response.status(503).json({ status: 'down' });
    if (defect === 'health-html') return response.send('<h1>ok</h1>');
    if (defect === 'health-old') return response.json({ status: 'ok', version: '2.0.3', queue: 3 });
    if (defect === 'health-queue') return response.json({ status: 'ok', version: '2.0.4', queue: 300 });
    if (defect === 'health-renamed') return response.json({ state: 'ok', version: '2.0.4', queue: 3 });
    response.json({ status: 'ok', version: '2.0.4', queue: 3 });
  });
  // Six requests, then 429 for good, wherever the count is kept.
  let asked = 0;
  const limit = (request, response, next) => {
    if (++asked <= 6) return next();
    if (defect !== 'limit-silent') response.set('Retry-After', defect === 'limit-date' ? new Date(Date.now() + 9000).toUTCString() : '9');
    response.status(defect === 'limit-403' ? 403 : 429).json({ error: 'slow down' });
  };
  if (defect.startsWith('limit')) app.use(['/api/chat', '/login'], limit);
  app.post('/login', (request, response) => response.status(401).json({ error: 'no such user or password' }));
  app.post('/api/chat', (request, response) => response.status(401).set('WWW-Authenticate', 'Bearer').json({ error: 'no token' }));
  if (defect === 'chat-get') app.get('/api/chat', (request, response) => response.json({ messages: [] }));
  if (defect !== 'chat-404') {
    app.all('/api/chat', (request, response) => {
      if (defect !== 'allow-missing') response.set('Allow', 'POST');
      response.status(405).json({ error: 'method not allowed' });
    });
  }
  if (defect === 'debug-route') app.get('/debug', (request, response) => response.json({ env: { NODE_ENV: 'development' } }));
  if (defect === 'soft-404') app.use((request, response) => response.send('<!doctype html><title>App</title><div id=root></div>'));
  return app;
}

const app = express();
app.disable('x-powered-by');
const services = {};
app.use('/:defect', (request, response, next) => {
  const { defect } = request.params;
  services[defect] ??= service(defect);
  services[defect](request, response, next);
});

const server = http.createServer(app);
const endpoints = {};
function endpoint(defect) {
  endpoints[defect] ??= new WebSocketServer({
    noServer: true,
    maxPayload: defect === 'takes-oversize' ? 1 << 26 : 65536,
    perMessageDeflate: false,
    autoPong: defect !== 'no-pong' && defect !== 'slow-pong',
  });
  return endpoints[defect];
}

function originAllowed(origin, defect) {
  switch (defect) {
    case 'any-origin': return true;
    case 'null-origin': return origin === undefined || origin === 'null' || origin === ORIGIN;
    case 'prefix-origin': return origin === undefined || origin.startsWith(ORIGIN);
    case 'suffix-origin': return origin === undefined || origin.endsWith('app.example.com');
    case 'substring-origin': return origin === undefined || origin.includes('app.example.com');
    case 'dot-origin': return origin === undefined || /^https:\/\/app.example.com$/.test(origin);
    case 'http-origin': return origin === undefined || /^https?:\/\/app\.example\.com$/.test(origin);
    case 'declared-origin-refused': return origin === undefined;
    default: return origin === undefined || origin === ORIGIN;
  }
}

function userOf(url, defect, cookie) {
  const token = url.searchParams.get('token') ?? cookie?.match(/\bsession=([^;]*)/)?.[1] ?? null;
  if (defect === 'no-token' && token === null) return '42';
  if (defect === 'empty-token' && token === '') return '42';
  if (defect === 'any-token' && token !== null) return '42';
  if (defect === 'expired-token' && token === 'old-token') return '42';
  return TOKENS[token];
}

function refuse(socket, status) {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

server.on('upgrade', (request, socket, head) => {
  const url = new URL(request.url, 'http://quay');
  const path = url.pathname.match(/^\/([\w-]+)\/ws\/(\w+)$/);
  if (path === null) return refuse(socket, '404 Not Found');
  const [, defect, owner] = path;
  if (defect === 'tenant' && request.headers['x-tenant'] !== 'harbour') return refuse(socket, '403 Forbidden');
  if (!originAllowed(request.headers.origin, defect)) {
    if (defect === 'refusal-200') return refuse(socket, '200 OK');
    if (defect === 'refusal-dropped') return socket.destroy();
    if (defect === 'refusal-500') return refuse(socket, '500 Internal Server Error');
    return refuse(socket, '403 Forbidden');
  }
  const user = userOf(url, defect, request.headers.cookie);
  const closes = defect === 'closes' || defect === 'closes-1008';
  const welcome = user !== undefined && (user === owner || defect === 'other-user');
  if (!welcome && defect === 'refusal-leaks') {
    const body = `TypeError: no token\n    at userOf (/srv/app/quay.js:74:11)\n    at Server.<anonymous> (/srv/app/quay.js:97:16)`;
    return socket.end(`HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  }
  if (!welcome && !closes) return refuse(socket, user === undefined ? '401 Unauthorized' : '403 Forbidden');
  if (defect === 'full' && endpoint(defect).clients.size >= 2) return refuse(socket, '503 Service Unavailable');
  if (defect === 'one-at-a-time') for (const other of endpoint(defect).clients) other.close(4000, 'elsewhere');
  endpoint(defect).handleUpgrade(request, socket, head, (opened) => {
    if (!welcome) return opened.close(defect === 'closes' ? 4401 : 1008, 'token');
    opened.on('error', () => {});
    opened.on('message', (text) => {
      if (defect === 'deaf' || !text.includes('"say"')) return;
      for (const other of endpoint(defect).clients) if (other !== opened) other.send(text.toString());
    });
    opened.on('message', () => opened.send(JSON.stringify({ type: defect === 'other-echo' ? 'nack' : 'pong' })));
    if (defect === 'slow-pong') opened.on('ping', (payload) => setTimeout(() => opened.pong(payload), 150));
    if (defect === 'idle-close') setTimeout(() => opened.close(1001), 400);
    if (defect === 'heartbeat') {
      const timer = setInterval(() => opened.ping(), 300);
      opened.on('close', () => clearInterval(timer));
    }
  });
});

server.listen(Number(port), '127.0.0.1');
