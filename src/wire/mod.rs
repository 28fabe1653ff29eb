//! Floor 1, bytes and text of the protocols: total functions that never panic, whatever a peer
//! sends. Nothing here opens a socket, reads a clock or passes judgement.

pub mod allow;
pub mod charset;
pub mod control;
pub mod cors;
pub mod domain;
pub mod echo;
pub mod env_file;
pub mod exposure;
pub mod gate_page;
pub mod html;
pub mod http;
pub mod json;
pub mod jwt;
pub mod leak;
pub mod openapi;
pub mod path_variant;
pub mod percent;
pub mod platform_page;
pub mod ratelimit;
pub mod refusal;
pub mod socks;
pub mod soft404;
pub mod stock_page;
pub mod tls;
pub mod traversal;
pub mod url;
pub mod websocket;
pub mod x509;
