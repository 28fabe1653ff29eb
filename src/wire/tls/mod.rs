//! TLS as seen from a ClientHello: enough to ask every question, no cryptography.
