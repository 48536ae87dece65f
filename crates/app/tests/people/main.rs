//! People: how they come to their accounts and sign in, when they are locked out, what training and purpose they need, and
//! who may give whom which role.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests say what they expected by panicking"
)]

mod accounts;
mod ask_state;
mod cases;
mod custom_entries;
mod exigent;
mod hit_life;
mod oversight;
mod passkeys;
mod policy_change;
mod precision;
mod protected;
mod providers;
mod purpose;
mod record;
mod roles;
mod scene;
mod sessions;
mod shifts;
mod sign_in;
mod sign_offs;
mod stop_facts;
mod tokens;
mod training;
mod troubles;
