#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chainrule_fuzz_targets::checkpoint(bytes));
