//! Reads: how their files are made, filled, looked into, relayed and sealed.

pub(crate) mod append;
pub(crate) mod count;
pub(crate) mod day_files;
pub(crate) mod day_partitions;
pub(crate) mod events;
pub(crate) mod look;
pub(crate) mod open_files;
pub(crate) mod past;
pub(crate) mod relay;
pub(crate) mod row;
pub(crate) mod seal;
pub(crate) mod storage;
pub(crate) mod texts;
