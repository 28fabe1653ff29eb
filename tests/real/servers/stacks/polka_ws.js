// Polka with cors, sockets by ws.
const cors = require("cors");
const polka = require("polka");
const { WebSocketServer } = require("ws");
const { CHALLENGE, ECHO_LIMIT, HEALTH, ITEMS, PRIVATE, REFUSAL, USER, headers, isAdmitted, mayConnect, methods, origins } = require("./contract.js");

exports.serve = (defect, port) => {
  const said = (response, body, status = 200, fields = {}) => {
    response.writeHead(status, { "Content-Type": "application/json", ...fields });
    response.end(JSON.stringify(body));
  };
  const user = (request, response) =>
    isAdmitted(defect, request.method, request.headers.authorization) ? said(response, USER, 200, PRIVATE) : said(response, REFUSAL, 401, CHALLENGE);
  const app = polka({ onNoMatch: (_, response) => said(response, { detail: "Not Found" }, 404) });
  app.use(cors({ origin: origins(defect), methods: methods(defect), allowedHeaders: headers(defect) }));
  app.get("/health", (_, response) => said(response, HEALTH));
  app.get("/api/items", (_, response) => said(response, ITEMS));
  app.get("/api/users/42", user).put("/api/users/42", user);
  app.listen(port, "127.0.0.1");
  const sockets = new WebSocketServer({
    server: app.server, path: "/ws", maxPayload: ECHO_LIMIT,
    verifyClient: ({ origin }, done) => done(mayConnect(defect, origin), 403),
  });
  sockets.on("connection", (socket) => {
    socket.on("error", () => {});
    socket.on("message", (data, binary) => socket.send(data, { binary }));
  });
};
