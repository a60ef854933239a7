#![forbid(unsafe_code)]
//! The program: everything is in the library of this crate, so that others, such as the fuzzer, reach it too.

fn main() -> std::process::ExitCode {
    chainrule_cli::main()
}
