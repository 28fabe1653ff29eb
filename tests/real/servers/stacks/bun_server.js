// Bun's own server.
const { ECHO_LIMIT, mayConnect } = require("./contract.js");
const { handle } = require("./fetch_handler.js");

exports.serve = (defect, port) =>
  Bun.serve({
    port, hostname: "127.0.0.1",
    fetch(request, server) {
      const handshake = new URL(request.url).pathname === "/ws" && request.headers.get("upgrade") === "websocket";
      if (!handshake) return handle(defect, request);
      if (!mayConnect(defect, request.headers.get("origin") ?? undefined)) return new Response("Forbidden", { status: 403 });
      if (!server.upgrade(request)) return new Response("Bad Request", { status: 400 });
    },
    websocket: { maxPayloadLength: ECHO_LIMIT, message: (socket, text) => { socket.send(text); } },
  });
