// h3 on Node with its own CORS; sockets by ws.
const { createServer } = require("node:http");
const { H3, handleCors, HTTPError } = require("h3");
const { toNodeHandler } = require("h3");
const { WebSocketServer } = require("ws");
const { CHALLENGE, ECHO_LIMIT, HEALTH, ITEMS, PRIVATE, REFUSAL, USER, headers, isAdmitted, mayConnect, methods, origins } = require("./contract.js");

exports.serve = (defect, port) => {
  const app = new H3();
  app.use((event) => {
    const answer = handleCors(event, { origin: origins(defect), methods: methods(defect), allowHeaders: headers(defect) });
    if (answer !== false) return answer;
  });
  const said = (body, fields, status) => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...fields } });
  app.get("/health", () => HEALTH);
  app.get("/api/items", () => ITEMS);
  const user = (event) =>
    isAdmitted(defect, event.req.method, event.req.headers.get("authorization")) ? said(USER, PRIVATE, 200) : said(REFUSAL, CHALLENGE, 401);
  app.get("/api/users/42", user).put("/api/users/42", user);
  const server = createServer(toNodeHandler(app)).listen(port, "127.0.0.1");
  const sockets = new WebSocketServer({
    server, path: "/ws", maxPayload: ECHO_LIMIT,
    verifyClient: ({ origin }, done) => done(mayConnect(defect, origin), 403),
  });
  sockets.on("connection", (socket) => {
    socket.on("error", () => {});
    socket.on("message", (data, binary) => socket.send(data, { binary }));
  });
};
