//! What goes over the line, as JSON.

pub(crate) mod camera;
pub(crate) mod hit;
pub(crate) mod hotlist;
pub(crate) mod ledger;
pub(crate) mod page;
pub(crate) mod read;
pub(crate) mod read_in;
pub(crate) mod taken;
pub(crate) mod work;
