//! Which answers a rule is asked of, and how it tells what it saw.

use std::fmt::Display;

use crate::facts::Header;
use crate::facts::Unread;
use crate::facts::headers::{Page, Part};
use crate::model::{Pointer, RuleId};
use crate::rules::{Observed, Verdict};
use crate::wire::http::class::Class;

/// A rule and the classes of answers it weighs on; on all others it is not applicable. Published
/// in the rules page.
pub type Scope = (RuleId, &'static [Class]);

/// Everything with a body somebody reads.
pub const WITH_BODY: &[Class] = &[Class::Document, Class::Api, Class::Asset, Class::Error];

/// What a browser renders.
pub const DOCUMENT: &[Class] = &[Class::Document];

/// Whatever an answer is.
pub const ANY: &[Class] = &Class::ALL;

/// The verdict on an answer the rule is not asked of, if it is one.
pub(super) fn outside(page: &Page, classes: &[Class]) -> Option<Verdict> {
    if !page.is_main() {
        return Some(Verdict::NotApplicable("asked of the answer itself"));
    }
    let inside = classes.contains(&page.class);
    (!inside).then_some(Verdict::NotApplicable("not owed by this class of answer"))
}

/// A line as received, and what is to be said of it.
pub(super) fn line(page: &Page, at: &Pointer, why: impl Display) -> Observed {
    let said = match page.quoted(at) {
        Some(line) => format!("{line} ({why})"),
        None => why.to_string(),
    };
    Observed::new(at, said).about(place(page))
}

/// Something that is not among the lines: it points at the list it is missing from.
pub(super) fn missing(page: &Page, why: impl Display) -> Observed {
    let at = page.at.join("response/seen/fields");
    Observed::new(&at, why.to_string()).about(place(page))
}

/// The verdict on a body of which not all could be read: what was found stands, and what was not
/// found may stand in the rest.
pub(super) fn as_far_as_read(verdict: Verdict, unread: Option<&Unread>) -> Verdict {
    match (verdict, unread) {
        (verdict @ Verdict::Fail(_), _) | (verdict, None) => verdict,
        (_, Some(unread)) => unsettled(unread),
    }
}

/// A limit of ours says nothing of the deployment; what came short, or cannot be read, does.
pub(super) fn unsettled(unread: &Unread) -> Verdict {
    match unread {
        Unread::Clipped { .. } => Verdict::NotTested(unread.to_string()),
        Unread::Cut { .. } | Unread::Undecoded(_) => Verdict::Unknown(unread.to_string()),
    }
}

/// A field outside its grammar fails once; anything else is another rule's business.
pub(super) fn readable<T>(page: &Page, header: &Header<T>, absent: &'static str) -> Verdict {
    match header {
        Header::Absent => Verdict::NotApplicable(absent),
        Header::Malformed { at, why } => Verdict::Fail(vec![line(page, at, why)]),
        Header::Present { .. } => Verdict::Pass,
    }
}

/// `GET /path (404)`, and which hop it was.
pub(super) fn place(page: &Page) -> String {
    let hop = match page.part {
        Part::Hop => ", redirect on the way",
        Part::Plain => ", plain http",
        Part::Answer
        | Part::NotFound
        | Part::WrongMethod
        | Part::Refused
        | Part::Head
        | Part::Endpoint => "",
    };
    format!("{} ({}{hop})", page.label, page.status)
}
