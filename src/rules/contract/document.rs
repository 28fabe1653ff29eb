//! OpenAPI documents beside the declaration.

use crate::facts::contract::{ContractFacts, Document};
use crate::model::{RuleId, Severity, Topic};
use crate::rules::{Check, Observed, Reference, Rule, Verdict};

const OPENAPI: Reference = Reference::Standard(
    "OpenAPI 3.1.0 §4.8.8",
    "https://spec.openapis.org/oas/v3.1.0.html#paths-object",
);

/// Append only: an id, once published, is never reused.
pub const RULES: &[Rule] = &[
    Rule {
        id: RuleId::new("contract/document-unreadable"),
        title: "The API's document is not an OpenAPI document",
        severity: Severity::Medium,
        rationale: "Generated clients, portals and tests break on it.",
        expected: "an OpenAPI document in JSON",
        remediation: "Serve the generated document as it is.",
        observed_by: "The body of the declared endpoint, up to 1 MiB or its declared size.",
        references: &[OPENAPI],
        cap: None,
        rests_on: &[Topic::DeclaredBody],
        check: Check::Contract(is_readable),
    },
    Rule {
        id: RuleId::new("contract/undocumented"),
        title: "A declared endpoint is not documented",
        severity: Severity::Low,
        rationale: "Whoever works from the document does not know of it; reviews and tests that are \
                    made from it pass it over.",
        expected: "an operation for every declared endpoint",
        remediation: "Add the operation, or stop hiding the route from the schema.",
        observed_by: "Paths and methods of the document, its servers' base paths included. A parameter \
                      stands for one segment: a document cannot say that it takes several, and \
                      FastAPI's `{p:path}` is not to be told from it.",
        references: &[
            OPENAPI,
            Reference::Standard(
                "OWASP API9:2023",
                "https://owasp.org/API-Security/editions/2023/en/0xa9-improper-inventory-management/",
            ),
        ],
        cap: None,
        rests_on: &[Topic::DeclaredBody],
        check: Check::Contract(is_complete),
    },
];

fn judge(
    contract: &ContractFacts,
    wrong: impl Fn(&Document) -> Vec<String>,
    open: impl Fn(&Document) -> Option<&str>,
) -> Verdict {
    if contract.documents.is_empty() {
        return Verdict::NotApplicable("no document is declared");
    }
    let found = contract.documents.iter().flat_map(|documented| {
        let said = wrong(&documented.document).into_iter();
        said.map(|said| Observed::new(&documented.at, said).about(documented.label.as_str()))
    });
    let mut documents = contract.documents.iter();
    let open = documents.find_map(|documented| {
        let why = open(&documented.document)?;
        Some(format!("{}: {why}", documented.label))
    });
    match (Verdict::unless(found.collect()), open) {
        (Verdict::Pass, Some(why)) => Verdict::NotTested(why),
        (verdict, _) => verdict,
    }
}

fn is_readable(contract: &ContractFacts) -> Verdict {
    let wrong = |document: &Document| match document {
        Document::Unreadable(why) => vec![(*why).to_owned()],
        Document::Unseen | Document::Unread(_) | Document::Read { .. } => Vec::new(),
    };
    judge(contract, wrong, |document| match document {
        Document::Unseen => Some("not seen"),
        Document::Unread(why) => Some(why),
        Document::Unreadable(_) | Document::Read { .. } => None,
    })
}

/// What is no document describes nothing, and leaves nothing out.
fn is_complete(contract: &ContractFacts) -> Verdict {
    let wrong = |document: &Document| match document {
        Document::Read { undocumented, .. } => undocumented
            .iter()
            .map(|label| format!("{label} is not documented"))
            .collect(),
        Document::Unseen | Document::Unread(_) | Document::Unreadable(_) => Vec::new(),
    };
    judge(contract, wrong, |document| match document {
        Document::Unseen => Some("not seen"),
        Document::Unread(why) => Some(why),
        Document::Unreadable(why) => Some(why),
        Document::Read { .. } => None,
    })
}
