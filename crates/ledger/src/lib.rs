//! The tamper-evident log that every access and change is sealed in, in the formats of the Community Cryptography
//! Specification Project (C2SP): [tlog-tiles], [tlog-checkpoint], [signed-note], [tlog-cosignature], [tlog-witness],
//! [tlog-proof] and [tlog-policy], over the Merkle tree of RFC 6962.
//!
//! Nothing here does I/O, tells the time or rolls dice: the server, the witness and the outsider's `plateglass-verify` run
//! the same code. What a leaf says is in [`leaf`], how clear text is kept apart from it in [`disclosure`].
//!
//! [tlog-tiles]: https://c2sp.org/tlog-tiles
//! [tlog-checkpoint]: https://c2sp.org/tlog-checkpoint
//! [signed-note]: https://c2sp.org/signed-note
//! [tlog-cosignature]: https://c2sp.org/tlog-cosignature
//! [tlog-witness]: https://c2sp.org/tlog-witness
//! [tlog-proof]: https://c2sp.org/tlog-proof
//! [tlog-policy]: https://c2sp.org/tlog-policy

pub mod audit;
pub mod batch;
pub mod bundle;
pub mod checkpoint;
pub mod disclosure;
pub mod hash;
pub mod key;
pub mod leaf;
pub mod note;
pub mod policy;
pub mod proof;
pub mod receipt;
pub mod tile;
pub mod tree;
pub mod witness;

pub use checkpoint::Checkpoint;
pub use hash::Hash;
pub use key::{SigningKey, VerifierKey};
pub use leaf::Leaf;
pub use note::Note;
pub use receipt::Receipt;
pub use tile::{TileRef, Tiles};
