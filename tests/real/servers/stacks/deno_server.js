// Deno's own server.
const { mayConnect } = require("./contract.js");
const { handle } = require("./fetch_handler.js");

exports.serve = (defect, port) =>
  Deno.serve({ port, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const handshake = new URL(request.url).pathname === "/ws" && request.headers.get("upgrade") === "websocket";
    if (!handshake) return handle(defect, request);
    if (!mayConnect(defect, request.headers.get("origin") ?? undefined)) return new Response("Forbidden", { status: 403 });
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = (event) => socket.send(event.data);
    return response;
  });
