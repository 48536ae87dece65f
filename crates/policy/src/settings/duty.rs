//! Being signed on in a shift.

use serde::{Deserialize, Serialize};

/// Being signed on in a shift (`TWF-401.4g`). When shifts begin says `verification.shifts`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Duty {
    /// The clause that asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// So many minutes after its shift is over a sign-on ends by itself: who works longer stays signed on.
    pub grace_minutes: u32,
    /// So many seconds after its open page was last heard of a unit is called blind.
    pub blind_seconds: u32,
    /// So many minutes after it came on duty a unit that is not signed on is told of.
    pub unsigned_minutes: u32,
}

impl Default for Duty {
    /// Half an hour of overtime is common; an open page is heard of four times a minute; a briefing takes a quarter of an hour.
    fn default() -> Self {
        Self { clause: None, grace_minutes: 30, blind_seconds: 60, unsigned_minutes: 15 }
    }
}

impl Duty {
    /// Everything that the types cannot say: where, and what is wrong.
    pub(super) fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let all = [
            (self.grace_minutes <= 720, "duty.grace_minutes", "at most 720"),
            ((30..=600).contains(&self.blind_seconds), "duty.blind_seconds", "between 30 and 600"),
            (
                (1..=480).contains(&self.unsigned_minutes),
                "duty.unsigned_minutes",
                "between 1 and 480",
            ),
        ];
        all.into_iter().filter(|(holds, ..)| !holds).map(|(_, place, says)| (place, says)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_cannot_be_meant_are_faults() {
        assert_eq!(Duty::default().faults(), []);
        let wrong =
            Duty { clause: None, grace_minutes: 721, blind_seconds: 29, unsigned_minutes: 0 };
        let places: Vec<&str> = wrong.faults().into_iter().map(|(place, _)| place).collect();
        assert_eq!(places, ["duty.grace_minutes", "duty.blind_seconds", "duty.unsigned_minutes"]);
    }
}
