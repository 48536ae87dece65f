//! Of which hits somebody wants to be told, and how.

use serde::{Deserialize, Serialize};

use super::Matter;
use crate::hotlist::{Category, Priority};

/// Of which hits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// Those that are told at least this loudly.
    pub at_least: Priority,
    /// Only those of these categories; none: of all.
    #[serde(default)]
    pub categories: Vec<Category>,
}

impl Default for Wish {
    fn default() -> Self {
        Self { at_least: Priority::Normal, categories: Vec::new() }
    }
}

impl Wish {
    /// Whether it is about such a hit.
    pub fn wants(&self, matter: &Matter) -> bool {
        matter.priority >= self.at_least
            && (self.categories.is_empty() || self.categories.contains(&matter.category))
    }
}

/// What somebody wishes. Nobody is mailed who did not ask for it; a device that was added is told.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wishes {
    /// By mail; none: by no mail.
    pub mail: Option<Wish>,
    /// By push messages to their devices.
    pub push: Wish,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_about_what_is_loud_enough_and_of_its_categories() {
        let matter = |priority, category| Matter { priority, category, place: None };
        let all = Wish::default();
        assert!(all.wants(&matter(Priority::Normal, Category::StolenPlate)));
        assert!(!all.wants(&matter(Priority::Low, Category::StolenPlate)));
        let some = Wish { at_least: Priority::Low, categories: vec![Category::StolenVehicle] };
        assert!(some.wants(&matter(Priority::Low, Category::StolenVehicle)));
        assert!(!some.wants(&matter(Priority::High, Category::AmberAlert)));
        assert_eq!(Wishes::default().mail, None);
    }
}
