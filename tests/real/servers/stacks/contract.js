// What every stack serves, and what a planted defect takes out of it; contract.py says the same.
const APP = "https://app.example.com";
const TOKEN = "good-token";

const origins = (defect) => (defect === "origin" ? ["https://partner.example.org"] : [APP]);

module.exports = {
  ECHO_LIMIT: 64 * 1024,
  HEALTH: { status: "ok" },
  ITEMS: { items: ["oak", "elm"] },
  USER: { id: 42 },
  CHALLENGE: { "WWW-Authenticate": "Bearer", "Cache-Control": "no-store" },
  REFUSAL: { detail: "Not authenticated" },
  PRIVATE: { "Cache-Control": "no-store" },
  origins,
  headers: (defect) => (defect === "header" ? ["Authorization"] : ["Authorization", "X-Client"]),
  methods: (defect) => (defect === "method" ? ["GET"] : ["GET", "PUT"]),
  isAdmitted: (defect, method, authorization) =>
    (defect === "guard" && method === "PUT") || authorization === `Bearer ${TOKEN}`,
  mayConnect: (defect, origin) => defect === "socket" || origin === undefined || origin === APP,
};
