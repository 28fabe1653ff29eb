// Express with cors, sockets by ws.
const cors = require("cors");
const express = require("express");
const { WebSocketServer } = require("ws");
const { CHALLENGE, ECHO_LIMIT, HEALTH, ITEMS, PRIVATE, REFUSAL, USER, headers, isAdmitted, mayConnect, methods, origins } = require("./contract.js");

exports.serve = (defect, port) => {
  const app = express();
  app.disable("x-powered-by");
  app.use(cors({ origin: origins(defect), methods: methods(defect), allowedHeaders: headers(defect) }));
  const guard = (request, response, next) =>
    isAdmitted(defect, request.method, request.headers.authorization) ? next() : response.status(401).set(CHALLENGE).json(REFUSAL);
  const user = (_, response) => response.set(PRIVATE).json(USER);
  app.get("/health", (_, response) => response.json(HEALTH));
  app.get("/api/items", (_, response) => response.json(ITEMS));
  app.get("/api/users/42", guard, user).put("/api/users/42", guard, user);
  app.use((_, response) => response.status(404).json({ detail: "Not Found" }));
  const server = app.listen(port, "127.0.0.1");
  const sockets = new WebSocketServer({
    server, path: "/ws", maxPayload: ECHO_LIMIT,
    verifyClient: ({ origin }, done) => done(mayConnect(defect, origin), 403),
  });
  sockets.on("connection", (socket) => {
    socket.on("error", () => {});
    socket.on("message", (data, binary) => socket.send(data, { binary }));
  });
};
