//! Cross-origin resource sharing as the Fetch standard defines it: may this page's script read
//! that answer, and if not, which one thing is in the way?
//!
//! [`Call`] is what the script asks for, [`Reply`] what came back. [`access_check`] and
//! [`preflight_faults`] are Fetch's "CORS check" and "CORS-preflight fetch"; every verdict of the
//! CORS family comes from them. [`hostile_origins`] derives, from the origins that are declared,
//! those that must not be let in.

mod access;
mod call;
mod expose;
mod hostile;
mod origin;
mod preflight;
mod reply;
mod safelist;

pub use access::{AccessFault, access_check};
pub use call::{Call, UNHEARD_OF};
pub use expose::{MaxAge, Vary, max_age, readable, vary};
pub use hostile::{Hostile, Ruse, hostile_origins};
pub use origin::{Origin, OriginFault};
pub use preflight::{PreflightFault, names_no_cause, preflight_faults};
pub use reply::{Reply, TokenList};
