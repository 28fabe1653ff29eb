//! `seaworthy` answers one question from outside, in seconds: is this deployment fit to launch?

pub mod evidence;
pub mod model;
pub mod net;
pub mod wire;
