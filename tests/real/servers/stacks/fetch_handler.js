// A handler for runtimes that serve by the Fetch API; CORS as their users write it.
const { CHALLENGE, HEALTH, ITEMS, PRIVATE, REFUSAL, USER, headers, isAdmitted, methods, origins } = require("./contract.js");

exports.handle = (defect, request) => {
  const origin = request.headers.get("origin");
  const fields = { Vary: "Origin" };
  if (origins(defect).includes(origin)) fields["Access-Control-Allow-Origin"] = origin;
  if (request.method === "OPTIONS") {
    fields["Access-Control-Allow-Methods"] = methods(defect).join(", ");
    fields["Access-Control-Allow-Headers"] = headers(defect).join(", ");
    return new Response(null, { status: 204, headers: fields });
  }
  const said = (status, body, more = {}) => Response.json(body, { status, headers: { ...fields, ...more } });
  const path = new URL(request.url).pathname;
  if (path === "/health" && request.method === "GET") return said(200, HEALTH);
  if (path === "/api/items" && request.method === "GET") return said(200, ITEMS);
  if (path === "/api/users/42" && ["GET", "PUT"].includes(request.method)) {
    const admitted = isAdmitted(defect, request.method, request.headers.get("authorization"));
    return admitted ? said(200, USER, PRIVATE) : said(401, REFUSAL, CHALLENGE);
  }
  return said(404, { detail: "Not Found" });
};
