//! The pages, one endpoint a file: what is asked of the app, and what the page is made of.

pub mod camera;
pub mod camera_disable;
pub mod camera_key;
pub mod camera_new;
pub mod cameras;
pub mod error;
pub mod hit;
pub mod hits;
pub mod hits_feed;
pub mod hotlist;
pub mod hotlist_import;
pub mod hotlist_new;
pub mod hotlists;
pub mod leaf;
pub mod ledger;
pub mod picture;
pub mod read;
pub mod reads;
pub mod sign_in;
pub mod sign_out;
pub mod theme;
