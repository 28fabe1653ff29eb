# A Rack application with rack-cors, under puma.
require "puma"
require "puma/server"
require "rack"
require "rack/cors"

APP = "https://app.example.com"

def serve(defect, port)
  said = lambda do |status, body, fields = {}|
    [status, { "Content-Type" => "application/json" }.merge(fields), [JSON.generate(body)]]
  end
  service = lambda do |env|
    method, path = env.values_at("REQUEST_METHOD", "PATH_INFO")
    next said.(200, { status: "ok" }) if [method, path] == ["GET", "/health"]
    next said.(200, { items: %w[oak elm] }) if [method, path] == ["GET", "/api/items"]
    next said.(404, { detail: "Not Found" }) unless path == "/api/users/42" && %w[GET PUT].include?(method)
    admitted = (defect == "guard" && method == "PUT") || env["HTTP_AUTHORIZATION"] == "Bearer good-token"
    next said.(200, { id: 42 }, "Cache-Control" => "no-store") if admitted
    said.(401, { detail: "Not authenticated" }, "WWW-Authenticate" => "Bearer", "Cache-Control" => "no-store")
  end
  app = Rack::Builder.new do
    use Rack::Cors do
      allow do
        origins(defect == "origin" ? "https://partner.example.org" : APP)
        resource "*",
                 headers: defect == "header" ? ["Authorization"] : %w[Authorization X-Client],
                 methods: defect == "method" ? [:get] : %i[get put]
      end
    end
    run service
  end
  server = Puma::Server.new(app.to_app)
  server.add_tcp_listener("127.0.0.1", port)
  server.run.join
end
