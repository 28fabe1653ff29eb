// Serves one stack, once with each planted defect: `serve.js STACK DEFECT=PORT …`.
const [stack, ...places] = process.argv.slice(2);
const { serve } = require(`./${stack}.js`);
for (const place of places) {
  const [defect, port] = place.split("=");
  serve(defect, Number(port));
}
