//! A hit: a read that matched an entry. Its later life (taken, verified, acted on) comes with the verification workflow.

use plate::{Grade, JurisdictionFit};

use crate::hotlist::{Category, EntryRef, Priority};
use crate::ids::{HitId, ReadRef};
use crate::time::Timestamp;
use crate::vehicle::ClassFit;

/// A hit as the matcher raised it. Read and entry together are its identity: raising it again changes nothing.
#[derive(Clone, PartialEq, Debug)]
pub struct NewHit {
    /// The read.
    pub read: ReadRef,
    /// The entry it matched.
    pub entry: EntryRef,
    /// How closely the text matched.
    pub grade: Grade,
    /// Whether the issuing state matched.
    pub jurisdiction_fit: JurisdictionFit,
    /// When it was raised.
    pub raised_at: Timestamp,
}

/// A hit in the control database.
#[derive(Clone, PartialEq, Debug)]
pub struct Hit {
    /// Its id; ascending, so that a page can ask for what came after.
    pub id: HitId,
    /// What was raised.
    pub hit: NewHit,
    /// Whether the vehicle that the camera saw is of the entry's class.
    pub class_fit: ClassFit,
}

impl Hit {
    /// Whether it is information only: the vehicle that was read is known to be another than the one that is wanted.
    pub fn is_information_only(&self) -> bool {
        self.hit.jurisdiction_fit == JurisdictionFit::Different
            || self.class_fit == ClassFit::Different
    }

    /// How loudly it is told: as its category and its entry say, and quietly where it is information only. What a camera took for
    /// another state or vehicle may be a mistake: where somebody's life may depend on it, it is told as ever, and says what differs.
    pub fn priority(&self, category: Category, entry: Option<Priority>) -> Priority {
        let may_be_quiet = category.priority() != Priority::High;
        if self.is_information_only() && may_be_quiet {
            Priority::Low
        } else {
            category.priority_of(entry)
        }
    }
}

#[cfg(test)]
mod tests {
    use plate::Grade;

    use super::*;
    use crate::ids::{AgencyId, HotlistId, HotlistVersionId, ReadId};

    #[test]
    fn what_is_known_to_be_another_vehicle_is_information_only_and_quiet_unless_a_life_depends_on_it()
     {
        let raised_at = Timestamp::from_micros(0);
        let hit = |jurisdiction_fit, class_fit| Hit {
            id: HitId::from_i64(1),
            hit: NewHit {
                read: ReadRef {
                    agency: AgencyId::from_i64(1),
                    day: raised_at.day(),
                    id: ReadId::from_i64(1),
                },
                entry: EntryRef {
                    hotlist: HotlistId::from_i64(1),
                    version: HotlistVersionId::from_i64(1),
                    row: 0,
                },
                grade: Grade::Exact,
                jurisdiction_fit,
                raised_at,
            },
            class_fit,
        };
        use JurisdictionFit::{Different, Same, Unknown};
        for state in [Same, Unknown, Different] {
            for class in ClassFit::ALL {
                let hit = hit(state, *class);
                let is_other = state == Different || *class == ClassFit::Different;
                assert_eq!(hit.is_information_only(), is_other);
                let told = hit.priority(Category::StolenVehicle, Some(Priority::High));
                assert_eq!(told, if is_other { Priority::Low } else { Priority::High });
                let child = hit.priority(Category::AmberAlert, None);
                assert_eq!(child, Priority::High);
            }
        }
    }
}
