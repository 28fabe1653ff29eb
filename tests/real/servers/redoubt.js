// One Express API behind the `cors` package, wrong in one place: `redoubt.js PORT`.
// The first label of the Host names the defect.
const express = require("express");
const cors = require("cors");

const APP = "https://app.example.com", STAGING = "https://staging.pages.dev";
const TOKEN = process.env.TOKEN;

const origins = {
  "reflects-any": true,
  "suffix": (origin, done) => done(null, !origin || origin.endsWith("example.com") || origin === STAGING),
  "includes": (origin, done) => done(null, !origin || origin.includes("app.example.com") || origin === STAGING),
  "dot": [/^https:\/\/app.example.com$/, STAGING],
  "null": [APP, STAGING, "null"],
  "throws": (origin, done) => [undefined, APP, STAGING].includes(origin) ? done(null, true) : done(new Error("Not allowed by CORS")),
};

const refuse = (response) =>
  response.status(401).set({ "WWW-Authenticate": 'Bearer realm="api"', "Cache-Control": "no-store" }).json({ detail: "Not authenticated" });

const make = (defect) => {
  const app = express();
  app.disable("x-powered-by");
  const guard = (request, response, next) =>
    request.headers.authorization === `Bearer ${TOKEN}` ? next() : refuse(response);
  const layer = cors({
    origin: origins[defect] ?? [APP, STAGING], credentials: true, maxAge: 600,
    methods: defect === "method-missing" ? ["GET", "POST"] : ["GET", "POST", "PUT"],
    allowedHeaders: ["Authorization", "Content-Type"], exposedHeaders: ["X-Request-ID"],
  });
  if (defect === "auth-first") app.use("/api/users", guard);
  app.use(layer);
  // A guard on the text of the path, before a router that ignores case and a trailing slash.
  if (defect === "guard-on-path")
    app.use((request, response, next) => request.path === "/api/users/42" ? guard(request, response, next) : next());
  const mine = defect === "guard-on-path" ? [] : [guard];
  app.get("/health", (_, response) => response.json({ status: "ok" }));
  app.get("/api/items", (_, response) => response.set("X-Request-ID", "r1").json({ items: [] }));
  app.get("/api/users/:uid", ...mine, (request, response) =>
    response.set("Cache-Control", "no-store").json({ id: request.params.uid, email: "anna@example.com" }));
  app.post("/api/chat", guard, (_, response) => response.json({ answer: "hello" }));
  // What a stack trace looks like is Express's own.
  if (defect === "trace")
    app.use((error, _, response, __) => response.status(401).set("WWW-Authenticate", "Bearer").json({ detail: error.stack }));
  if (defect !== "throws") app.use((_, response) => response.status(404).json({ detail: "Not Found" }));
  return app;
};

const apps = {};
express()
  .use((request, response, next) => {
    const defect = request.hostname.split(".")[0];
    (apps[defect] ??= make(defect))(request, response, next);
  })
  .listen(Number(process.argv[2]), "127.0.0.1");
