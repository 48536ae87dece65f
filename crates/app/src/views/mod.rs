//! What pages and answers are made of: everything in them has been permitted, joined and put in words.

mod hit;
mod look_alike;
mod page;
mod read;
mod settings;

pub use hit::{HitCard, HitPage, OwnCard, SeenAgain};
pub use look_alike::{DOUBTFUL_BELOW_THOUSANDTHS, doubtful_characters, look_alike_note};
pub use page::Page;
pub use read::{ReadCard, ReadPage};
pub use settings::{CameraPage, CameraRow, HotlistRow, TopicRow};
pub use store::{QuietRuleRow, TellingRow, TellingState, WaitingVersion, WebhookRow};
