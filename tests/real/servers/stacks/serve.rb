# Serves one stack, once with each planted defect: `serve.rb STACK DEFECT=PORT …`, a process each.
require "json"

stack, *places = ARGV
require_relative "#{stack}.rb"
children = places.map do |place|
  defect, port = place.split("=")
  fork { serve(defect, port.to_i) }
end
trap("TERM") do
  children.each { |child| Process.kill("TERM", child) }
  exit!
end
Process.waitall
