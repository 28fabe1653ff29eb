//! Other graders, answered exactly: what they would say of a response, quirks included.
//!
//! Nothing outside this module knows of it, and none of its readings is ours: where the MDN
//! Observatory or the CSP Evaluator misreads a field, so does this module, so that a score can be
//! compared. What a response really does is for the rules to say.

pub mod csp_evaluator;
pub mod observatory;
