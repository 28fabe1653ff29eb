//! What is declared of endpoints, paths, methods and limits.

use super::{Essential, Need, endpoints};
use crate::evidence::{Conditions, Flag};
use crate::model::{Ask, Place, Target, Topic};

/// The essential questions of a declared contract.
pub(super) fn essential(target: &Target, conditions: &Conditions) -> Vec<Essential> {
    let mut all = Vec::new();
    for (index, _) in endpoints(target).filter(|(_, endpoint)| endpoint.declares_an_answer()) {
        all.push(Essential::new(
            Topic::Declared,
            Ask::Declared.of_endpoint(index),
        ));
    }
    for index in 0..target.absent.len() {
        all.push(Essential::new(
            Topic::Absent,
            Ask::Absent.at(Place::Absent(index)),
        ));
    }
    for index in 0..target.wrong_method.len() {
        let place = Place::WrongMethod(index);
        all.push(Essential::new(
            Topic::WrongMethod,
            Ask::WrongMethod.at(place),
        ));
    }
    let burst = conditions.has(Flag::Burst);
    for index in 0..target.rate.len() {
        let needs = (!burst).then_some(Need::Consent(Flag::Burst));
        let question = Ask::Burst.at(Place::Rate(index));
        all.push(Essential::new(Topic::RateLimit, question).needing(needs));
    }
    all
}
