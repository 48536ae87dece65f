//! Alerts: the telling of a hit to people and programs. What is told, to whom, and when it is kept quiet.

mod group;
mod quiet;
mod wish;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::camera::Position;
use crate::hotlist::{Category, Priority};

pub use group::{Group, Joining};
pub use quiet::{Day7, LocalTime, QuietFault, QuietRule};
pub use wish::{Wish, Wishes};

/// What is said wherever a hit is told (`AUS-344.3.2b`, `AUSP-hotlist-policy`).
pub const ALONE: &str =
    "An alert alone is no ground for a stop: the driver may not be the person who is wanted.";

/// A way out for alerts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// To the console alone.
    Console,
    /// Push messages.
    Push,
    /// Mail.
    Mail,
    /// Another program.
    Webhook,
}

impl Channel {
    /// Those that leave the server.
    pub const LEAVING: [Self; 3] = [Self::Push, Self::Mail, Self::Webhook];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Push => "push",
            Self::Mail => "mail",
            Self::Webhook => "webhook",
        }
    }

    /// What people read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Console => "Console",
            Self::Push => "Push message",
            Self::Mail => "Mail",
            Self::Webhook => "Webhook",
        }
    }

    /// Reads [`Channel::word`].
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Console, Self::Push, Self::Mail, Self::Webhook]
            .into_iter()
            .find(|channel| channel.word() == word)
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What of a hit a channel may carry beyond its priority, where the bundle permits it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToldField {
    /// Why the plate is wanted.
    Category,
    /// The camera's name.
    Camera,
    /// The plate as it was read.
    Plate,
}

impl ToldField {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Camera => "camera",
            Self::Plate => "plate",
        }
    }
}

/// What of a hit decides who is told of it and when.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Matter {
    /// How loudly it is told.
    pub priority: Priority,
    /// Why the plate is wanted.
    pub category: Category,
    /// Where the camera stands, where that is known.
    pub place: Option<Position>,
}

impl Matter {
    /// Whether it is told whatever anybody has set: somebody is missing or in danger, or it is of the highest priority.
    pub const fn is_never_quiet(&self) -> bool {
        matches!(self.priority, Priority::High)
            || matches!(self.category, Category::AmberAlert | Category::MissingPerson)
    }
}
