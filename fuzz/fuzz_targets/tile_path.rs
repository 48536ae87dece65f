//! A tile's path, as somebody asks for it.
#![no_main]

use ledger::TileRef;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|path: &str| {
    let Ok(tile) = TileRef::parse(path) else { return };
    assert_eq!(tile.to_string(), path);
});
