//! What the declared endpoints answered, and the limits that answers advertise.

use serde::Serialize;

use crate::facts::contract;
use crate::model::{Micros, Pointer, Seconds};
use crate::wire::ratelimit::{Dialect, Quota};

#[derive(Debug, Serialize)]
pub(super) struct Contract<'r> {
    endpoints: Vec<Endpoint<'r>>,
    advertised_limits: Vec<Advertised<'r>>,
}

impl<'r> From<&'r contract::ContractFacts> for Contract<'r> {
    fn from(facts: &'r contract::ContractFacts) -> Self {
        let limits = facts.advertised_limits.iter().map(|limit| Advertised {
            at: &limit.at,
            quota: AdvertisedQuota::from(&limit.quota),
        });
        Self {
            endpoints: facts.endpoints.iter().map(Endpoint::from).collect(),
            advertised_limits: limits.collect(),
        }
    }
}

#[derive(Debug, Serialize)]
struct Endpoint<'r> {
    at: &'r Pointer,
    label: &'r str,
    answer: Answer<'r>,
    again: &'r [u16],
    took_us: Micros,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Answer<'r> {
    Status(u16),
    Limited,
    Failed(&'r str),
}

impl<'r> From<&'r contract::Answered> for Endpoint<'r> {
    fn from(answered: &'r contract::Answered) -> Self {
        Self {
            at: &answered.at,
            label: &answered.label,
            answer: match &answered.answer {
                contract::Answer::Status(status) => Answer::Status(*status),
                contract::Answer::Limited => Answer::Limited,
                contract::Answer::Failed(why) => Answer::Failed(why),
            },
            again: &answered.again,
            took_us: answered.took_us,
        }
    }
}

#[derive(Debug, Serialize)]
struct Advertised<'r> {
    at: &'r Pointer,
    quota: AdvertisedQuota,
}

#[derive(Debug, Serialize)]
struct AdvertisedQuota {
    dialect: &'static str,
    limit: Option<u64>,
    remaining: Option<u64>,
    reset: Option<Seconds>,
    window: Option<Seconds>,
}

impl From<&Quota> for AdvertisedQuota {
    fn from(quota: &Quota) -> Self {
        Self {
            dialect: match quota.dialect {
                Dialect::Items => "items",
                Dialect::Dictionary => "dictionary",
                Dialect::Separate => "separate",
                Dialect::Vendor => "vendor",
            },
            limit: quota.limit,
            remaining: quota.remaining,
            reset: quota.reset,
            window: quota.window,
        }
    }
}
