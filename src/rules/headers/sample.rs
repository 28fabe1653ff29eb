//! Facts for the tables of this family's tests, made the way real ones are: from evidence.

use crate::evidence::sample::evidence;
use crate::evidence::{Evidence, Exchange, Field, Observation, Payload, Request, Response};
use crate::facts::State;
use crate::facts::headers::{HeadersFacts, read};
use crate::model::{Ask, Method, Millis, Phases, Question, Target, Timestamp, Url};
use crate::rules::{Check, Rule, Verdict};

/// One target's answers, to be changed one thing at a time.
pub(crate) struct Sample {
    target: Target,
    page: (u16, Vec<Field>, Payload),
    hops: Vec<(String, u16, Vec<Field>)>,
    more: Vec<Exchange>,
}

/// A field line of a table.
pub(crate) type Line = (&'static str, &'static str);

fn url(text: &str) -> Url {
    text.parse().expect("a URL of the table")
}

fn lines<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Field> {
    fields
        .into_iter()
        .map(|(name, value)| Field::new(name, value))
        .collect()
}

/// 2026-01-01, when every sample was taken.
pub(crate) fn moment() -> Timestamp {
    Timestamp::parse("2026-01-01T00:00:00Z").expect("a moment")
}

fn exchange(
    question: Question,
    method: &str,
    at: &str,
    answer: (u16, Vec<Field>, Payload),
) -> Exchange {
    let (status, fields, body) = answer;
    Exchange {
        question,
        origin: None,
        request: Request {
            method: Method::of(method),
            url: url(at),
            fields: Vec::new(),
            body: None,
        },
        at: moment(),
        connection: None,
        phases: Phases::default(),
        disclosed: Vec::new(),
        response: Observation::Seen(Response {
            version: "1.1".to_owned(),
            status,
            reason: String::new(),
            fields,
            faults: Vec::new(),
            body,
        }),
        earlier: Vec::new(),
        onward: None,
    }
}

impl Sample {
    /// `200 text/html` at `https://example.com/`, and no other field.
    pub(crate) fn html() -> Self {
        let fields = lines([("Content-Type", "text/html; charset=utf-8")]);
        Self {
            target: Target::new("sample", url("https://example.com/")),
            page: (
                200,
                fields,
                Payload::whole("<!doctype html><title>x</title>"),
            ),
            hops: Vec::new(),
            more: Vec::new(),
        }
    }

    /// `200 application/json` at `https://example.com/`, and no other field.
    pub(crate) fn json() -> Self {
        let fields = lines([("Content-Type", "application/json")]);
        Self {
            page: (200, fields, Payload::whole("{\"ok\":true}")),
            ..Self::html()
        }
    }

    /// At another URL.
    pub(crate) fn at(mut self, at: &str) -> Self {
        self.target.url = url(at);
        self
    }

    /// With another status.
    pub(crate) fn status(mut self, status: u16) -> Self {
        self.page.0 = status;
        self
    }

    /// With another body.
    pub(crate) fn body(self, body: &str) -> Self {
        self.payload(Payload::whole(body))
    }

    /// With another body, read as far as it says.
    pub(crate) fn payload(mut self, body: Payload) -> Self {
        self.page.2 = body;
        self
    }

    /// With one more field line.
    pub(crate) fn field(self, name: &str, value: &str) -> Self {
        self.fields([(name, value)])
    }

    /// With more field lines.
    pub(crate) fn fields<'a>(
        mut self,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        self.page.1.extend(lines(fields));
        self
    }

    /// Without a field.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.page.1.retain(|field| !field.is(name));
        self
    }

    /// With something declared.
    pub(crate) fn declared(mut self, declare: impl FnOnce(&mut Target)) -> Self {
        declare(&mut self.target);
        self
    }

    /// With a redirect on the way.
    pub(crate) fn hop(mut self, at: &str, status: u16, fields: &[(&str, &str)]) -> Self {
        self.hops
            .push((at.to_owned(), status, lines(fields.iter().copied())));
        self
    }

    /// With another answer beside the page.
    pub(crate) fn and(
        mut self,
        question: Question,
        at: &str,
        status: u16,
        fields: &[(&str, &str)],
        body: &str,
    ) -> Self {
        let answer = (status, lines(fields.iter().copied()), Payload::whole(body));
        let head = question == Ask::Head.of_target();
        let method = if head { "HEAD" } else { "GET" };
        self.more.push(exchange(question, method, at, answer));
        self
    }

    /// With a request that got no answer.
    pub(crate) fn and_nothing(mut self, question: Question, at: &str) -> Self {
        use crate::evidence::{Cause, Failure, Stage};
        let mut silent = exchange(question, "GET", at, (0, Vec::new(), Payload::default()));
        silent.response = Observation::Failed(Failure {
            stage: Stage::Connect,
            cause: Cause::Refused,
            detail: String::new(),
            after: Millis(1),
        });
        self.more.push(silent);
        self
    }

    /// The evidence.
    pub(crate) fn evidence(self) -> Evidence {
        let own = self.target.url.to_string();
        let mut exchanges = Vec::new();
        let (status, fields, body) = self.page;
        for (nth, (at, status, fields)) in (0u8..).zip(self.hops) {
            let ask = if nth == 0 { Ask::Page } else { Ask::Hop(nth) };
            let answer = (status, fields, Payload::whole(""));
            exchanges.push(exchange(ask.of_target(), "GET", &at, answer));
        }
        let nth = u8::try_from(exchanges.len()).expect("few hops");
        let ask = if nth == 0 { Ask::Page } else { Ask::Hop(nth) };
        exchanges.push(exchange(
            ask.of_target(),
            "GET",
            &own,
            (status, fields, body),
        ));
        exchanges.extend(self.more);
        evidence(self.target, exchanges)
    }

    /// The facts.
    pub(crate) fn facts(self) -> HeadersFacts {
        match read(&self.evidence()) {
            State::Known(facts) => facts,
            State::Unseen(_) | State::NotConfigured(_) => panic!("the sample answers"),
        }
    }
}

/// One rule's answer over all pages, as the report asks it.
pub(crate) fn verdict(rule: &Rule, facts: &HeadersFacts) -> Verdict {
    if let Check::Headers(check) = rule.check {
        return check(facts);
    }
    let Check::Page(check) = rule.check else {
        panic!("{} is no check of this family", rule.id);
    };
    crate::rules::over_pages(&facts.pages, check)
}

/// The slugs of the rules that fail.
pub(crate) fn failing(rules: &[Rule], sample: Sample) -> Vec<&'static str> {
    let facts = sample.facts();
    let failing = rules
        .iter()
        .filter(|rule| verdict(rule, &facts).word() == "fail");
    failing
        .map(|rule| rule.id.as_str().trim_start_matches("headers/"))
        .collect()
}

/// The word of every rule.
pub(crate) fn words(rules: &[Rule], facts: &HeadersFacts) -> Vec<&'static str> {
    rules
        .iter()
        .map(|rule| verdict(rule, facts).word())
        .collect()
}
