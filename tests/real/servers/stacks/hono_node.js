// Hono on Node with its own CORS and bearer middleware, sockets by @hono/node-ws.
const { serve } = require("@hono/node-server");
const { createNodeWebSocket } = require("@hono/node-ws");
const { Hono } = require("hono");
const { cors } = require("hono/cors");
const { CHALLENGE, HEALTH, ITEMS, PRIVATE, REFUSAL, USER, headers, isAdmitted, mayConnect, methods, origins } = require("./contract.js");

exports.serve = (defect, port) => {
  const app = new Hono();
  const { injectWebSocket, upgradeWebSocket } = createNodeWebSocket({ app });
  app.use("/api/*", cors({ origin: origins(defect), allowMethods: methods(defect), allowHeaders: headers(defect) }));
  app.get("/health", (c) => c.json(HEALTH));
  app.get("/api/items", (c) => c.json(ITEMS));
  app.on(["GET", "PUT"], "/api/users/42", (c) =>
    isAdmitted(defect, c.req.method, c.req.header("authorization")) ? c.json(USER, 200, PRIVATE) : c.json(REFUSAL, 401, CHALLENGE));
  app.use("/ws", async (c, next) => (mayConnect(defect, c.req.header("origin")) ? next() : c.text("Forbidden", 403)));
  app.get("/ws", upgradeWebSocket(() => ({ onMessage: (event, socket) => socket.send(event.data) })));
  injectWebSocket(serve({ fetch: app.fetch, port, hostname: "127.0.0.1" }));
};
