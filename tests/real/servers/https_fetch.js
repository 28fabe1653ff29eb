// A server as Bun and Deno have it built in: https_fetch.js PORT CHAIN KEY
const args = typeof Bun === "undefined" ? Deno.args : Bun.argv.slice(2);
const [port, chain, key] = args;
const answer = () => new Response("ok");
if (typeof Bun === "undefined") {
  const [cert, privateKey] = [Deno.readTextFileSync(chain), Deno.readTextFileSync(key)];
  Deno.serve({ hostname: "127.0.0.1", port: Number(port), cert, key: privateKey }, answer);
} else {
  const tls = { cert: Bun.file(chain), key: Bun.file(key) };
  Bun.serve({ hostname: "127.0.0.1", port: Number(port), tls, fetch: answer });
}
