// Koa with @koa/cors and @koa/router, sockets by ws.
const cors = require("@koa/cors");
const Router = require("@koa/router");
const Koa = require("koa");
const { WebSocketServer } = require("ws");
const { CHALLENGE, ECHO_LIMIT, HEALTH, ITEMS, PRIVATE, REFUSAL, USER, headers, isAdmitted, mayConnect, methods, origins } = require("./contract.js");

exports.serve = (defect, port) => {
  const app = new Koa();
  const router = new (Router.Router ?? Router)();
  // A string would be sent to every origin.
  const origin = (context) => (origins(defect).includes(context.get("Origin")) ? context.get("Origin") : "");
  app.use(cors({ origin, allowMethods: methods(defect), allowHeaders: headers(defect) }));
  const user = (context) => {
    const admitted = isAdmitted(defect, context.method, context.get("Authorization"));
    context.status = admitted ? 200 : 401;
    context.set(admitted ? PRIVATE : CHALLENGE);
    context.body = admitted ? USER : REFUSAL;
  };
  router.get("/health", (context) => { context.body = HEALTH; });
  router.get("/api/items", (context) => { context.body = ITEMS; });
  router.get("/api/users/42", user).put("/api/users/42", user);
  app.use(router.routes()).use(router.allowedMethods());
  const sockets = new WebSocketServer({
    server: app.listen(port, "127.0.0.1"), path: "/ws", maxPayload: ECHO_LIMIT,
    verifyClient: ({ origin }, done) => done(mayConnect(defect, origin), 403),
  });
  sockets.on("connection", (socket) => {
    socket.on("error", () => {});
    socket.on("message", (data, binary) => socket.send(data, { binary }));
  });
};
