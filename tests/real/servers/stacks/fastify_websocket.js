// Fastify with @fastify/cors and @fastify/websocket.
const fastify = require("fastify");
const { CHALLENGE, ECHO_LIMIT, HEALTH, ITEMS, PRIVATE, REFUSAL, USER, headers, isAdmitted, mayConnect, methods, origins } = require("./contract.js");

exports.serve = async (defect, port) => {
  const app = fastify();
  await app.register(require("@fastify/cors"), { origin: origins(defect), methods: methods(defect), allowedHeaders: headers(defect) });
  await app.register(require("@fastify/websocket"), {
    options: { maxPayload: ECHO_LIMIT, verifyClient: ({ origin }, done) => done(mayConnect(defect, origin), 403) },
  });
  const onRequest = async (request, reply) => {
    if (!isAdmitted(defect, request.method, request.headers.authorization)) return reply.code(401).headers(CHALLENGE).send(REFUSAL);
  };
  app.get("/health", async () => HEALTH);
  app.get("/api/items", async () => ITEMS);
  app.route({ method: ["GET", "PUT"], url: "/api/users/42", onRequest, handler: async (_, reply) => reply.headers(PRIVATE).send(USER) });
  app.get("/ws", { websocket: true }, (socket) => {
    socket.on("error", () => {});
    socket.on("message", (data, binary) => socket.send(data, { binary }));
  });
  await app.listen({ port, host: "127.0.0.1" });
};
