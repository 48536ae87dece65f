//! The endpoints, one file each.

pub(crate) mod disable_camera;
pub(crate) mod get_cameras;
pub(crate) mod get_checkpoint;
pub(crate) mod get_entries;
pub(crate) mod get_hit;
pub(crate) mod get_hits;
pub(crate) mod get_hotlists;
pub(crate) mod get_leaf;
pub(crate) mod get_leaf_receipt;
pub(crate) mod get_ledger;
pub(crate) mod get_openapi;
pub(crate) mod get_picture;
pub(crate) mod get_read;
pub(crate) mod get_read_receipt;
pub(crate) mod get_reads;
pub(crate) mod get_tile;
pub(crate) mod healthz;
pub(crate) mod import_hotlist;
pub(crate) mod import_status;
pub(crate) mod post_camera;
pub(crate) mod post_checkpoint;
pub(crate) mod post_frame;
pub(crate) mod post_hotlist;
pub(crate) mod post_reads;
pub(crate) mod rekey_camera;
