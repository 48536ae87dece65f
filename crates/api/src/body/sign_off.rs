//! Sign-offs that cameras wait for.

use app::views::CameraPage;
use domain::PersonId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far a camera's place is signed off.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlacingOut {
    camera: i64,
    /// Whether it may be used: nothing is missing.
    complete: bool,
    units: Vec<UnitOut>,
    /// Every sign-off that was given, withdrawn ones too, oldest first.
    given: Vec<SignOffOut>,
}

/// A unit that the policy asks.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnitOut {
    #[schema(example = "planning")]
    unit: String,
    label: String,
    /// The role that gives it.
    #[schema(example = "program-lieutenant")]
    role: &'static str,
    clause: Option<String>,
    signed_off: bool,
}

/// A sign-off.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignOffOut {
    unit: String,
    by: i64,
    by_name: String,
    #[schema(format = DateTime)]
    at: String,
    note: String,
    withdrawn: Option<WithdrawnOut>,
}

/// That a sign-off was withdrawn.
#[derive(Serialize, ToSchema)]
pub(crate) struct WithdrawnOut {
    by: i64,
    by_name: String,
    #[schema(format = DateTime)]
    at: String,
    why: String,
}

/// What one says when signing off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignOffIn {
    /// For which unit.
    #[schema(example = "planning")]
    pub(crate) unit: String,
    /// Why the place is fair.
    pub(crate) note: String,
}

/// What one says when withdrawing it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WithdrawIn {
    /// Why.
    pub(crate) why: String,
}

impl PlacingOut {
    pub(crate) fn of(page: &CameraPage) -> Self {
        let name = |id: PersonId| page.names.get(&id).cloned().unwrap_or_default();
        let placing = &page.placing;
        let units = placing.asked.iter().map(|asked| UnitOut {
            unit: asked.unit.clone(),
            label: asked.label.clone(),
            role: asked.role.word(),
            clause: asked.clause.clone(),
            signed_off: placing.standing(&asked.unit).is_some(),
        });
        let given = placing.given.iter().map(|one| SignOffOut {
            unit: one.unit.clone(),
            by: one.by.to_i64(),
            by_name: name(one.by),
            at: one.at.to_string(),
            note: one.note.clone(),
            withdrawn: one.withdrawn.as_ref().map(|withdrawn| WithdrawnOut {
                by: withdrawn.by.to_i64(),
                by_name: name(withdrawn.by),
                at: withdrawn.at.to_string(),
                why: withdrawn.why.clone(),
            }),
        });
        Self {
            camera: page.row.camera.id.to_i64(),
            complete: placing.missing().next().is_none(),
            units: units.collect(),
            given: given.collect(),
        }
    }
}
