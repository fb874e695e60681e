#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gpu_sweep_fuzz::run(gpu_sweep_fuzz::texts::table, bytes));
