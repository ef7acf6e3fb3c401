#![no_main]

#[path = "../feed.rs"]
#[allow(dead_code, reason = "the targets share it")]
mod feed;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let directory = tempfile::tempdir().expect("a directory");
    feed::parquet(directory.path(), bytes);
});
