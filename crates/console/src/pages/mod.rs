//! The pages, one endpoint a file: what is asked of the app, and what the page is made of.

pub mod camera;
pub mod camera_disable;
pub mod camera_key;
pub mod camera_new;
pub mod cameras;
pub mod confirm;
pub mod error;
pub mod hit;
pub mod hits;
pub mod hits_feed;
pub mod hotlist;
pub mod hotlist_import;
pub mod hotlist_new;
pub mod hotlists;
pub mod invitation;
pub mod leaf;
pub mod ledger;
pub mod picture;
pub mod read;
pub mod reads;
pub mod sign_in;
pub mod sign_out;
pub mod theme;
pub mod work;

pub mod account;
pub mod people;
pub mod person;
pub mod person_account;
pub mod person_new;
pub mod person_role;
pub mod policy;
pub mod training;
pub mod training_csv;
pub mod training_record;

pub mod audit;
pub mod audit_export;
pub mod audit_week;
pub mod misuse;
pub mod misuse_report;
pub mod report;
pub mod review;
pub mod reviews;
pub mod security;
