// NestJS on Express with its own CORS, sockets by its adapter of ws.
require("reflect-metadata");
const { Controller, Get, Module, Put, Req, Res } = require("@nestjs/common");
const { NestFactory } = require("@nestjs/core");
const { WsAdapter } = require("@nestjs/platform-ws");
const { WebSocketGateway } = require("@nestjs/websockets");
const { CHALLENGE, ECHO_LIMIT, HEALTH, ITEMS, PRIVATE, REFUSAL, USER, headers, isAdmitted, mayConnect, methods, origins } = require("./contract.js");

// What a decorator does, without its syntax.
const method = (target, name, ...decorators) =>
  decorators.forEach((decorate) => decorate(target.prototype, name, Object.getOwnPropertyDescriptor(target.prototype, name)));
const argument = (target, name, ...decorators) => decorators.forEach((decorate, place) => decorate(target.prototype, name, place));

exports.serve = async (defect, port) => {
  class Service {
    health() { return HEALTH; }
    items() { return ITEMS; }
    user(request, response) {
      const admitted = isAdmitted(defect, request.method, request.headers.authorization);
      response.status(admitted ? 200 : 401).set(admitted ? PRIVATE : CHALLENGE).json(admitted ? USER : REFUSAL);
    }
    replace(request, response) { this.user(request, response); }
  }
  Controller()(Service);
  method(Service, "health", Get("health"));
  method(Service, "items", Get("api/items"));
  method(Service, "user", Get("api/users/42"));
  method(Service, "replace", Put("api/users/42"));
  for (const name of ["user", "replace"]) argument(Service, name, Req(), Res());

  class Echo {
    handleConnection(socket) {
      socket.on("error", () => {});
      socket.on("message", (data, binary) => socket.send(data, { binary }));
    }
  }
  const verifyClient = ({ origin }, done) => done(mayConnect(defect, origin), 403);
  WebSocketGateway({ path: "/ws", maxPayload: ECHO_LIMIT, verifyClient })(Echo);

  class App {}
  Module({ controllers: [Service], providers: [Echo] })(App);
  const app = await NestFactory.create(App, { logger: false, cors: { origin: origins(defect), methods: methods(defect), allowedHeaders: headers(defect) } });
  app.useWebSocketAdapter(new WsAdapter(app));
  app.disable("x-powered-by");
  await app.listen(port, "127.0.0.1");
};
