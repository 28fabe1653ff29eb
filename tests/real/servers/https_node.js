// Node's HTTPS server with nothing set: PORT CHAIN KEY.
const fs = require("node:fs");
const https = require("node:https");
const [port, chain, key] = process.argv.slice(2);
https
  .createServer({ cert: fs.readFileSync(chain), key: fs.readFileSync(key) }, (_, answer) => answer.end("ok"))
  .listen(Number(port), "127.0.0.1");
