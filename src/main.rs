//! The `seaworthy` binary: arguments in, exit code out.

fn main() {}
