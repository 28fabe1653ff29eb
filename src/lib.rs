//! `seaworthy` answers one question from outside, in seconds: is this deployment fit to launch?

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
