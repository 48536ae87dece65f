//! Changes one byte of one leaf in a server's database, as somebody could who has its password; run again, it changes it
//! back. For the browser test of an auditor.
//!
//! `meddle DATA_DIR LOG LEAF`

use std::path::PathBuf;

use domain::ServerKey;
use store::LogId;
use testkit::Meddler;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let dir = PathBuf::from(args.next().ok_or("name a data folder")?);
    let log = args.next().and_then(|word| LogId::parse(&word)).ok_or("name a log")?;
    let leaf: usize = args.next().ok_or("name a leaf")?.parse()?;
    let key = ServerKey::from_bytes(key_in(&std::fs::read_to_string(dir.join("server-key"))?)?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let meddler = Meddler::open_with(&dir.join("store"), &key).await;
        let mut entry = meddler.entries(log).await.into_iter().nth(leaf).ok_or("no such leaf")?;
        let byte = entry.get_mut(20).ok_or("the leaf is too short")?;
        *byte ^= 1;
        meddler.put_entry(log, leaf as u64, &entry).await;
        meddler.close().await;
        Ok(())
    })
}

fn key_in(hex: &str) -> Result<[u8; 32], Box<dyn std::error::Error>> {
    let mut key = [0; 32];
    for (nth, byte) in key.iter_mut().enumerate() {
        let digits = hex.trim().get(2 * nth..2 * nth + 2).ok_or("the key is too short")?;
        *byte = u8::from_str_radix(digits, 16)?;
    }
    Ok(key)
}
