// Restify; CORS as its users write it, since it has none of its own.
const restify = require("restify");
const { CHALLENGE, HEALTH, ITEMS, PRIVATE, REFUSAL, USER, headers, isAdmitted, methods, origins } = require("./contract.js");

exports.serve = (defect, port) => {
  const server = restify.createServer();
  server.pre((request, response, next) => {
    response.header("Vary", "Origin");
    if (origins(defect).includes(request.headers.origin)) response.header("Access-Control-Allow-Origin", request.headers.origin);
    if (request.method !== "OPTIONS") return next();
    response.header("Access-Control-Allow-Methods", methods(defect).join(", "));
    response.header("Access-Control-Allow-Headers", headers(defect).join(", "));
    response.send(204);
    return next(false);
  });
  const said = (response, body, fields, status = 200) => {
    for (const [name, value] of Object.entries(fields)) response.header(name, value);
    response.send(status, body);
  };
  server.get("/health", (_, response, next) => next(said(response, HEALTH, {})));
  server.get("/api/items", (_, response, next) => next(said(response, ITEMS, {})));
  const user = (request, response, next) =>
    next(isAdmitted(defect, request.method, request.headers.authorization) ? said(response, USER, PRIVATE) : said(response, REFUSAL, CHALLENGE, 401));
  server.get("/api/users/42", user);
  server.put("/api/users/42", user);
  server.listen(port, "127.0.0.1");
};
