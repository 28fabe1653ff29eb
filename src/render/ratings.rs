//! The two foreign yardsticks in words: SSL Labs and Mozilla, each with what stands in the way.

use crate::facts::rating::mozilla::{Conformance, Direction};
use crate::facts::rating::ssl_labs::Open;
use crate::facts::rating::{Mozilla, SslLabs};
use crate::model::TlsProfile;

/// A line for each, and one for each cap.
#[must_use]
pub fn lines(ssl_labs: &SslLabs, mozilla: &Mozilla) -> Vec<String> {
    let mut lines = vec![letter(ssl_labs)];
    lines.extend(
        ssl_labs
            .caps
            .iter()
            .map(|cap| format!("  at most {}: {} ({})", cap.limit, cap.because, cap.rule)),
    );
    let profiles = [
        ("modern", TlsProfile::Modern),
        ("intermediate", TlsProfile::Intermediate),
        ("old", TlsProfile::Old),
    ];
    for (name, profile) in profiles {
        lines.extend(mozilla.newest(profile).map(|held| conformance(name, held)));
    }
    lines
}

fn letter(ssl_labs: &SslLabs) -> String {
    let letter = ssl_labs.grade.map_or("no letter", |letter| letter.name());
    let score = ssl_labs.score.map_or(String::new(), |score| {
        let about = if ssl_labs.exact { "" } else { "about " };
        format!(", score {about}{score}")
    });
    let open = ssl_labs.open.iter().map(|open| {
        let Open {
            limit,
            rule,
            question,
        } = open;
        format!("{question} (then at most {limit}; {rule})")
    });
    let open = open.collect::<Vec<_>>().join(", ");
    let withheld = match (ssl_labs.grade, open.as_str()) {
        (Some(_), _) | (None, "") => String::new(),
        (None, open) => format!(": could not be decided {open}"),
    };
    format!("SSL Labs {}: {letter}{score}{withheld}", ssl_labs.revision)
}

fn conformance(name: &str, held: &Conformance) -> String {
    let verdict = match held.conforms {
        Some(true) => "conforms".to_owned(),
        Some(false) => {
            let deviations: Vec<String> = held
                .deviations
                .iter()
                .map(|deviation| match deviation.kind {
                    Direction::Offered => format!("+{}", deviation.what),
                    Direction::Missing => format!("-{}", deviation.what),
                })
                .collect();
            format!("deviates: {}", deviations.join(", "))
        }
        None => format!(
            "nothing deviates, not looked at: {}",
            held.unseen.join(", ")
        ),
    };
    format!("Mozilla {} {name}: {verdict}", held.version)
}

#[cfg(test)]
mod tests {
    use super::lines;
    use crate::facts::rating::ssl_labs::{Cap, Letter};
    use crate::facts::rating::{Mozilla, SslLabs};

    #[test]
    fn a_letter_comes_with_its_causes() {
        let cap = Cap {
            limit: Letter::B,
            rule: "2009q",
            because: "TLSv1.0 is accepted".to_owned(),
        };
        let rating = SslLabs {
            revision: "2009r",
            grade: Some(Letter::B),
            score: Some(91),
            caps: vec![cap],
            ..SslLabs::default()
        };
        let expected = [
            "SSL Labs 2009r: B, score about 91",
            "  at most B: TLSv1.0 is accepted (2009q)",
        ];
        assert_eq!(lines(&rating, &Mozilla::default()), expected);
    }
}
