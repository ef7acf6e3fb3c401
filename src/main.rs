//! Parse, run, print, exit code: the only place that exits.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    mujun::cli::main(std::env::args_os())
}
