//! Shifts: which units are on duty, who signed on as which, and whether their pages are alive (`TWF-401.4g`).
//!
//! How somebody stands is worked out from what was written down and the clock; nothing has to happen at a moment for it to be
//! true then.

use std::fmt;
use std::time::Duration;

use crate::ids::{AgencyId, CameraId, DutyId, PersonId, SignOnId};
use crate::time::Timestamp;
use crate::words::words;

/// Longest call sign, in characters.
const UNIT_MAX: usize = 16;

/// A unit by its call sign, such as `12A`: capital letters, digits, and `-`, `/`, `.` or a space between.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Unit(String);

/// A call sign that cannot be taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "is no call sign: up to 16 letters and digits, with `-`, `/`, `.` or a space between, such as 12A"
)]
pub struct InvalidUnit;

impl Unit {
    /// Reads a call sign as people type it: small letters and spaces around make no difference.
    pub fn parse(text: &str) -> Result<Self, InvalidUnit> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_uppercase();
        let is_written_so = text.chars().all(|c| c.is_ascii_alphanumeric() || " -/.".contains(c));
        let says_something = text.chars().any(|c| c.is_ascii_alphanumeric());
        if is_written_so && says_something && text.len() <= UNIT_MAX {
            Ok(Self(text))
        } else {
            Err(InvalidUnit)
        }
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A time from one moment to another, the latter not with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    /// Its first moment.
    pub from: Timestamp,
    /// The moment at which it is over.
    pub until: Timestamp,
}

impl Span {
    /// Whether a moment falls into it.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

words! {
    /// How a sign-on ended.
    SignOnEnding {
        /// Its person signed off.
        SignedOff = "signed-off", "Signed off";
        /// The shift was over, and the grace after it.
        ShiftOver = "shift-over", "Shift over";
        /// Its person signed on anew.
        SignedOnAnew = "signed-on-anew", "Signed on anew";
    }
}

/// What somebody signs on as.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewSignOn {
    /// Who.
    pub person: PersonId,
    /// As which unit.
    pub unit: Unit,
    /// The car's own camera, where it has one.
    pub camera: Option<CameraId>,
    /// From now to the end of the shift.
    pub span: Span,
    /// When it ends by itself: the end of the shift and the grace after it.
    pub ends_by: Timestamp,
}

/// That somebody signed on for a shift.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignOn {
    /// Which.
    pub id: SignOnId,
    /// Whose.
    pub agency: AgencyId,
    /// What they signed on as.
    pub about: NewSignOn,
    /// When their open page was last heard of.
    pub seen_at: Timestamp,
    /// How it ended, where that is written down.
    pub ended: Option<(Timestamp, SignOnEnding)>,
}

/// How a sign-on stands at a moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Presence {
    /// The page is open and hears of hits.
    Watching,
    /// Nothing was heard of the page: it is closed, or its line is gone. Hits do not reach the unit.
    Blind {
        /// When it was last heard of.
        since: Timestamp,
    },
    /// It has ended.
    Over {
        /// When.
        at: Timestamp,
        /// How.
        how: SignOnEnding,
    },
}

impl SignOn {
    /// How it stands at `now`; a page of which nothing was heard for `blind_after` is blind.
    pub fn presence(&self, now: Timestamp, blind_after: Duration) -> Presence {
        match self.ended {
            Some((at, how)) => Presence::Over { at, how },
            None if now >= self.about.ends_by => {
                Presence::Over { at: self.about.ends_by, how: SignOnEnding::ShiftOver }
            }
            None if now.since(self.seen_at) >= blind_after => {
                Presence::Blind { since: self.seen_at }
            }
            None => Presence::Watching,
        }
    }

    /// When it was over, where it is at `now`.
    pub fn over_at(&self, now: Timestamp) -> Option<Timestamp> {
        match self.presence(now, Duration::MAX) {
            Presence::Over { at, .. } => Some(at),
            Presence::Watching | Presence::Blind { .. } => None,
        }
    }
}

/// A time in which a sign-on's page was blind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BlindSpell {
    /// Of which sign-on.
    pub sign_on: SignOnId,
    /// When the page was last heard of before.
    pub since: Timestamp,
    /// When it was heard of again; none while it is not.
    pub until: Option<Timestamp>,
}

/// That a unit is on duty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewDuty {
    /// Which unit.
    pub unit: Unit,
    /// Who rides in it, where that is said.
    pub person: Option<PersonId>,
    /// The shift.
    pub span: Span,
}

/// That a unit is on duty in a shift, as the roster has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Duty {
    /// Which.
    pub id: DutyId,
    /// What was said.
    pub about: NewDuty,
    /// By whom, and when.
    pub entered: (PersonId, Timestamp),
}

/// How a unit of the roster stands at a moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DutyState {
    /// Its shift has not begun.
    NotYet,
    /// Somebody is signed on as it, with the page open.
    Watching,
    /// Somebody is signed on as it, and no page is heard of.
    Blind {
        /// Since when.
        since: Timestamp,
    },
    /// It is on duty, and nobody is signed on as it.
    NotSignedOn {
        /// Since when.
        since: Timestamp,
    },
    /// Its shift is over.
    Over,
}

impl Duty {
    /// How the unit stands at `now`, by everybody's sign-ons.
    pub fn state(&self, all: &[SignOn], now: Timestamp, blind_after: Duration) -> DutyState {
        if now < self.about.span.from {
            return DutyState::NotYet;
        }
        if now >= self.about.span.until {
            return DutyState::Over;
        }
        let own = || all.iter().filter(|one| one.about.unit == self.about.unit);
        let mut blind_since = None;
        for one in own() {
            match one.presence(now, blind_after) {
                Presence::Watching => return DutyState::Watching,
                Presence::Blind { since } => blind_since = blind_since.max(Some(since)),
                Presence::Over { .. } => {}
            }
        }
        if let Some(since) = blind_since {
            return DutyState::Blind { since };
        }
        let left = own().filter_map(|one| one.over_at(now)).max();
        let from = self.about.span.from;
        DutyState::NotSignedOn { since: left.map_or(from, |left| left.max(from)) }
    }
}

/// Somebody who was signed on when a hit was raised, as it was written down with the hit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OnWatch {
    /// Which sign-on.
    pub sign_on: SignOnId,
    /// When its page had last been heard of.
    pub seen_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BLIND_AFTER: Duration = Duration::from_secs(60);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn unit(text: &str) -> Unit {
        Unit::parse(text).unwrap()
    }

    fn sign_on(from: i64, seen: i64, ended: Option<i64>) -> SignOn {
        SignOn {
            id: SignOnId::from_i64(1),
            agency: AgencyId::from_i64(1),
            about: NewSignOn {
                person: PersonId::from_i64(1),
                unit: unit("12A"),
                camera: None,
                span: Span { from: at(from), until: at(1_000) },
                ends_by: at(1_300),
            },
            seen_at: at(seen),
            ended: ended.map(|end| (at(end), SignOnEnding::SignedOff)),
        }
    }

    fn duty() -> Duty {
        let span = Span { from: at(0), until: at(1_000) };
        Duty {
            id: DutyId::from_i64(1),
            about: NewDuty { unit: unit("12a"), person: None, span },
            entered: (PersonId::from_i64(2), at(-10)),
        }
    }

    #[test]
    fn a_call_sign_is_read_as_people_type_it() {
        assert_eq!(unit("  12a "), unit("12A"));
        assert_eq!(unit("adam   7").as_str(), "ADAM 7");
        for text in ["", " ", "--", "12_A", "zwölf", "1234567890ABCDEFG", "<12>"] {
            assert_eq!(Unit::parse(text), Err(InvalidUnit), "{text}");
        }
    }

    #[test]
    fn clause_twf_401_4g_a_unit_on_duty_is_watched_blind_or_not_signed_on_and_since_when() {
        let duty = duty();
        let state = |all: &[SignOn], now| duty.state(all, at(now), BLIND_AFTER);
        assert_eq!(state(&[], -1), DutyState::NotYet);
        assert_eq!(state(&[], 0), DutyState::NotSignedOn { since: at(0) });
        let on = sign_on(20, 100, None);
        assert_eq!(state(std::slice::from_ref(&on), 159), DutyState::Watching);
        assert_eq!(state(std::slice::from_ref(&on), 160), DutyState::Blind { since: at(100) });
        let partner = sign_on(20, 150, None);
        assert_eq!(state(&[on, partner], 160), DutyState::Watching, "one of two is enough");
        let left = sign_on(20, 100, Some(110));
        assert_eq!(state(&[left], 160), DutyState::NotSignedOn { since: at(110) });
        assert_eq!(state(&[], 1_000), DutyState::Over);
        let mut other = sign_on(20, 100, None);
        other.about.unit = unit("14");
        assert_eq!(state(&[other], 110), DutyState::NotSignedOn { since: at(0) });
    }

    #[test]
    fn clause_twf_401_4g_a_sign_on_ends_by_itself_after_the_shift_and_its_grace() {
        let on = sign_on(0, 1_290, None);
        assert_eq!(on.presence(at(1_299), BLIND_AFTER), Presence::Watching, "within the grace");
        let over = Presence::Over { at: at(1_300), how: SignOnEnding::ShiftOver };
        assert_eq!(on.presence(at(1_300), BLIND_AFTER), over);
        assert_eq!(on.over_at(at(9_999)), Some(at(1_300)), "then, and not when somebody looked");
    }

    proptest! {
        /// However the clock moves on, a sign-on without news goes from watching to blind to over, and never back.
        #[test]
        fn without_news_a_sign_on_only_gets_worse(
            seen in 0_i64..1_300, ended in proptest::option::of(0_i64..1_300),
            mut moments in proptest::collection::vec(0_i64..3_000, 1..20),
        ) {
            let on = sign_on(0, seen, ended.map(|end| end.max(seen)));
            moments.sort_unstable();
            let rank = |presence| match presence {
                Presence::Watching => 0,
                Presence::Blind { .. } => 1,
                Presence::Over { .. } => 2,
            };
            let mut before = 0;
            for now in moments.into_iter().filter(|now| *now >= seen) {
                let presence = on.presence(at(now), BLIND_AFTER);
                prop_assert!(rank(presence) >= before);
                before = rank(presence);
                prop_assert_eq!(presence == Presence::Watching,
                    ended.is_none() && now < 1_300 && now - seen < 60);
                if let Presence::Blind { since } = presence {
                    prop_assert_eq!(since, on.seen_at);
                }
            }
        }

        /// A unit on duty is in exactly one of the states, and never says that it is watched where nobody is.
        #[test]
        fn a_unit_is_watched_only_where_a_page_of_it_is_alive(
            all in proptest::collection::vec((0_i64..900, proptest::option::of(0_i64..900)), 0..5),
            now in -100_i64..1_200,
        ) {
            let all: Vec<SignOn> = all.into_iter()
                .map(|(seen, ended)| sign_on(0, seen, ended.map(|end| end.max(seen)))).collect();
            let state = duty().state(&all, at(now), BLIND_AFTER);
            let is_alive = all.iter()
                .any(|one| one.presence(at(now), BLIND_AFTER) == Presence::Watching);
            let is_on_duty = (0..1_000).contains(&now);
            prop_assert_eq!(state == DutyState::Watching, is_on_duty && is_alive);
            let is_told = matches!(state, DutyState::NotSignedOn { .. } | DutyState::Blind { .. });
            prop_assert_eq!(is_told, is_on_duty && !is_alive);
        }

        #[test]
        fn any_text_is_answered(text in ".*") {
            if let Ok(unit) = Unit::parse(&text) {
                prop_assert_eq!(Unit::parse(unit.as_str()), Ok(unit.clone()));
            }
        }
    }
}
