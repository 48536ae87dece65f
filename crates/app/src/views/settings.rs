//! Cameras and hotlists as their pages show them.

use std::collections::HashMap;
use std::time::Duration;

use domain::trouble::Trouble;
use domain::{
    AskedSignOff, Camera, Category, FreshFor, Hotlist, PersonId, Placing, Staleness, Topic,
};
use store::WaitingVersion;

use crate::use_cases::fetch_hotlist::FeedView;
use crate::use_cases::import_hotlist::ImportStatus;

/// A camera in the list.
#[derive(Clone, PartialEq, Debug)]
pub struct CameraRow {
    /// The camera; `last_seen_at` is up to the moment.
    pub camera: Camera,
    /// Reads taken from it since midnight UTC.
    pub n_reads_today: u64,
    /// How long nothing was heard from it; none when it was never heard of.
    pub silent_for: Option<Duration>,
    /// The sign-offs that it waits for: while there are any it may not be used (`AUS-344.3.2c`).
    pub waits_for: Vec<AskedSignOff>,
}

/// A camera, opened.
#[derive(Clone, PartialEq, Debug)]
pub struct CameraPage {
    /// What the list shows of it.
    pub row: CameraRow,
    /// How far its place is signed off.
    pub placing: Placing,
    /// Its reports of trouble that are open, newest first (`AUS-344.3.1b`).
    pub troubles: Vec<Trouble>,
    /// Everybody's name.
    pub names: HashMap<PersonId, String>,
}

/// A hotlist in the list.
#[derive(Clone, PartialEq, Debug)]
pub struct HotlistRow {
    /// The list.
    pub hotlist: Hotlist,
    /// How old the version in force is; none before the first import.
    pub age: Option<Duration>,
    /// The import that runs or ran last since the server started.
    pub import: Option<ImportStatus>,
    /// Its topics.
    pub topics: Vec<TopicRow>,
    /// A new version of it that waits for a person.
    pub waiting: Option<WaitingVersion>,
    /// How it stands against its limits.
    pub staleness: Staleness,
    /// Its limits, and the clause of the one that is the law's.
    pub limits: Option<(FreshFor, Option<String>)>,
    /// How it is fetched; none where nothing is configured to fetch it.
    pub feed: Option<FeedView>,
    /// How many plates of AMBER alerts wait for a person; none where no alert ever came.
    pub plates_waiting: Option<usize>,
}

/// A topic of a hotlist.
#[derive(Clone, PartialEq, Debug)]
pub struct TopicRow {
    /// The topic.
    pub topic: Topic,
    /// The category under which its hits are told, or why it cannot be switched on.
    pub may: Result<Category, String>,
}
