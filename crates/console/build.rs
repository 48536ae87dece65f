//! The console compiles without its built script and style (`cargo xtask web` makes them): the folder only has to exist.

fn main() -> std::io::Result<()> {
    let assets = concat!(env!("CARGO_MANIFEST_DIR"), "/assets");
    std::fs::create_dir_all(assets)?;
    println!("cargo::rerun-if-changed=assets");
    println!("cargo::rerun-if-changed=templates");
    Ok(())
}
