//! The `seaworthy` binary: arguments in, exit code out.

fn main() -> std::process::ExitCode {
    std::process::ExitCode::from(seaworthy::cli::run().number())
}
