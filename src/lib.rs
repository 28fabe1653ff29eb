//! `seaworthy` answers one question from outside, in seconds: is this deployment fit to launch?
//!
//! # The map
//!
//! ```text
//! observation: plan -> engine -> probe -> net  ==evidence==>  judgement: facts -> rules -> grade -> report
//! ```
//!
//! Observation opens sockets and reads the clock. Judgement is pure: the same evidence gives the same
//! bytes. They never import each other: [`evidence`] crosses, and of judgement only [`facts`],
//! [`profile`] and [`report`] read it; [`plan`] tells both which questions are essential. A module
//! imports from lower floors only, and within a module no two rooms import each other in a circle.
//! `tests/architecture` holds all of this.
//!
//! | floor | modules | what they hold |
//! |--:|---|---|
//! | 9 | [`cli`] | arguments, environment and streams; an exit code |
//! | 8 | [`audit`], [`render`], [`demo`] | the run in one line; the report as table, Markdown and JSON; embedded servers |
//! | 7 | [`report`] | evidence judged, summed up: findings, marks, the exit code and its reason |
//! | 6 | [`engine`], [`config`], [`grade`] | targets side by side and in order; the target file, with carets; from findings to letters |
//! | 5 | [`rules`] | the catalogue: what each rule means, and the function that decides |
//! | 4 | [`probe`], [`facts`], [`profile`] | what is asked; what was seen, parsed once; what other graders would say |
//! | 3 | [`plan`] | the essential questions of a target, from what is declared and allowed |
//! | 2 | [`evidence`], [`net`] | what was seen, verbatim; every socket, clock and secret |
//! | 1 | [`wire`] | the protocols' bytes and grammars: total functions |
//! | 0 | [`model`] | ids, units, targets, text that is not trusted |
//!
//! To follow one value from the socket to the report, read [`net::http`], [`evidence::Exchange`],
//! [`facts::headers`], [`rules::headers::hsts`], [`grade`] and [`render::json`], in this order.

pub mod audit;
pub mod cli;
pub mod config;
pub mod demo;
pub mod engine;
pub mod evidence;
pub mod facts;
pub mod grade;
pub mod model;
pub mod net;
pub mod plan;
pub mod probe;
pub mod profile;
pub mod render;
pub mod report;
pub mod rules;
pub mod wire;
