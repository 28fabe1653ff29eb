//! `seaworthy` answers one question from outside, in seconds: is this deployment fit to launch?

pub mod config;
pub mod engine;
pub mod evidence;
pub mod facts;
pub mod grade;
pub mod model;
pub mod net;
pub mod probe;
pub mod profile;
pub mod report;
pub mod rules;
pub mod wire;
