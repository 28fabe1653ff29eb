//! Whether a platform answers in place of an application.

use crate::evidence::Response;
use crate::wire::platform_page;

/// By its status or by its words.
#[must_use]
pub fn is_platforms(response: &Response) -> bool {
    platform_page::is_gateway_error(response.status) || says(response).is_some()
}

/// What the platform says, where it says more than a status.
#[must_use]
pub fn says(response: &Response) -> Option<&'static str> {
    let field = |name: &str| response.value(name);
    platform_page::says(response.status, field, &response.content().text())
}
