//! What can be done, one file each. Every function asks for its permit first.

pub mod add_camera;
pub mod amber;
pub mod create_hotlist;
pub mod custom_entries;
pub mod decide_import;
pub mod disable_camera;
pub mod fetch_hotlist;
pub mod health;
pub mod hit_life;
pub mod import_hotlist;
pub mod import_status;
pub mod ledger;
pub mod list_cameras;
pub mod list_hits;
pub mod list_hotlists;
pub mod list_reads;
pub mod may_send;
pub mod open_hit;
pub mod open_picture;
pub mod open_read;
pub mod oversight;
pub mod people;
pub mod policy;
pub mod precision;
pub mod protected_events;
mod quarters;
pub mod rekey_camera;
mod said;
pub mod set_hotlist_source;
pub mod shifts;
pub mod sign_in;
pub mod sign_offs;
pub mod stop_facts;
pub mod switch_topic;
mod table;
pub mod take_frame;
pub mod take_reads;
pub mod telling;
pub mod tokens;
pub mod training;
pub mod troubles;

pub use add_camera::{AddedCamera, add_camera};
pub use amber::{
    AlertBoard, AlertRow, CAP_BYTES_MAX, CapRefused, CapTaken, ConfirmingPlate, add_amber_plate,
    amber_alert, amber_alerts, confirm_amber_plate, refuse_amber_plate, take_amber_file,
};
pub use create_hotlist::{NewHotlist, create_hotlist};
pub use decide_import::decide_import;
pub use disable_camera::disable_camera;
pub use fetch_hotlist::{FeedView, Fetching, begin_fetch};
pub use health::{Health, health};
pub use hit_life::{
    FactsState, HandOverPage, Happened, HitAsk, IncidentRow, Incidents, LifeView, Offer,
    OfferedRow, OpenRow, Queue, QueueAsk, QueueRow, StateAskView, StepView, Taker, accept_hits,
    ask_state, close_incident, do_with_hit, hand_over_page, hit_queue, list_incidents, offer_hits,
    see_incident,
};
pub use import_hotlist::{
    Column, Columns, Encoding, Form, ImportAsk, ImportError, ImportOutcome, ImportPhase,
    ImportReport, ImportStatus, Layout, Preset, TopicRows, Update, import_hotlist, presets,
};
pub use import_status::import_status;
pub use ledger::{
    KeyChange, LeafPage, LeafRow, LogState, change_log_key, entry_bundle, export_log, leaf_receipt,
    list_leaves, log_of, log_of_agency, log_state, log_states, open_leaf, open_window,
    public_checkpoint, public_tile, publish_checkpoints, read_receipt, sign_checkpoint,
};
pub use list_cameras::{camera_named, list_cameras, open_camera};
pub use list_hits::{HitsAsk, list_hits};
pub use list_hotlists::{list_hotlists, open_hotlist};
pub use list_reads::{ReadsAsk, list_reads};
pub use may_send::may_send;
pub use open_hit::open_hit;
pub use open_picture::open_picture;
pub use open_read::open_read;
pub use rekey_camera::rekey_camera;
pub use set_hotlist_source::{HotlistSource, set_hotlist_source};
pub use sign_offs::{sign_off_camera, withdraw_sign_off};
pub use switch_topic::switch_topic;
pub use take_frame::{FrameTaken, take_frame};
pub use take_reads::{IncomingRead, Note, TakeError, Taken, take_reads};
