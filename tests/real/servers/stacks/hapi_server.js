// hapi with the CORS of its routes.
const hapi = require("@hapi/hapi");
const { CHALLENGE, HEALTH, ITEMS, PRIVATE, REFUSAL, USER, headers, isAdmitted, origins } = require("./contract.js");

exports.serve = async (defect, port) => {
  const server = hapi.server({
    port, host: "127.0.0.1",
    routes: { cors: { origin: origins(defect), headers: headers(defect) } },
  });
  const said = (reply, body, fields, code = 200) =>
    Object.entries(fields).reduce((response, [name, value]) => response.header(name, value), reply.response(body).code(code));
  server.route({ method: "GET", path: "/health", handler: () => HEALTH });
  server.route({ method: "GET", path: "/api/items", handler: () => ITEMS });
  server.route({
    method: ["GET", "PUT"], path: "/api/users/42",
    handler: (request, reply) =>
      isAdmitted(defect, request.method.toUpperCase(), request.headers.authorization) ? said(reply, USER, PRIVATE) : said(reply, REFUSAL, CHALLENGE, 401),
  });
  await server.start();
};
