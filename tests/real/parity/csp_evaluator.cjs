// The CSP Evaluator as oracle: a JSON list of policies in, a JSON list of answers out.
const { CspEvaluator } = require("csp_evaluator/dist/evaluator.js");
const { CspParser } = require("csp_evaluator/dist/parser.js");

const policies = JSON.parse(require("fs").readFileSync(0, "utf8"));
const answers = policies.map((policy) => {
  try {
    const findings = new CspEvaluator(new CspParser(policy).csp).evaluate();
    return findings.map(({ type, severity, directive, value }) => ({
      type,
      severity,
      directive,
      ...(value === undefined ? {} : { value }),
    }));
  } catch (error) {
    return { throws: error.message };
  }
});
console.log(JSON.stringify(answers));
