//! What goes over the line, as JSON.

pub(crate) mod account;
pub(crate) mod amber;
pub(crate) mod audit;
pub(crate) mod camera;
pub(crate) mod custom_entry;
pub(crate) mod fetching;
pub(crate) mod figures;
pub(crate) mod hit;
pub(crate) mod hit_life;
pub(crate) mod hotlist;
pub(crate) mod ledger;
pub(crate) mod misuse;
pub(crate) mod page;
pub(crate) mod policy;
pub(crate) mod read;
pub(crate) mod read_in;
pub(crate) mod review;
pub(crate) mod security;
pub(crate) mod shift;
pub(crate) mod sign_off;
pub(crate) mod taken;
pub(crate) mod training;
pub(crate) mod trouble;
pub(crate) mod week;
pub(crate) mod who;
pub(crate) mod work;
