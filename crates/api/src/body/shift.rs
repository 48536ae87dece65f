//! Shifts and handing over.

use app::shifts::{BoardRow, RosterImported, Shift, ShiftBoard, SignOnView};
use app::{HandOverPage, Offer, OpenRow, Taker};
use domain::shift::{DutyState, Presence};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::body::hit::HitOut;
use crate::error::ApiError;

/// What one says when signing on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignOnIn {
    /// The unit's call sign.
    #[schema(example = "12A")]
    pub(crate) unit: String,
    /// The car's own camera.
    #[serde(default)]
    pub(crate) camera: Option<i64>,
    /// When the shift ends: the one that runs or the one after it, as `GET /api/v1/shift` has it.
    #[schema(example = "2026-11-22T22:00:00Z")]
    pub(crate) until: String,
}

/// That somebody is signed on.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedOnOut {
    pub(crate) sign_on: i64,
}

/// Which shift.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ShiftQuery {
    /// When it begins; the one that runs where nothing is said.
    pub(crate) from: Option<String>,
}

/// A shift.
#[derive(Serialize, ToSchema)]
pub(crate) struct ShiftOut {
    #[schema(format = DateTime)]
    from: String,
    #[schema(format = DateTime)]
    until: String,
    /// By the clock on the agency's wall.
    #[schema(example = "2026-11-22 14:00 to 22:00")]
    label: String,
}

impl ShiftOut {
    fn of(shift: &Shift) -> Self {
        Self {
            from: shift.span.from.to_string(),
            until: shift.span.until.to_string(),
            label: shift.label.clone(),
        }
    }
}

/// Units on duty, and which of them are signed on.
#[derive(Serialize, ToSchema)]
pub(crate) struct BoardOut {
    shift: ShiftOut,
    /// The shift that runs and those that can be planned.
    shifts: Vec<ShiftOut>,
    units: Vec<UnitOnDutyOut>,
}

/// A unit.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnitOnDutyOut {
    unit: String,
    /// Its row in the roster; none where it signed on without being on it.
    duty: Option<i64>,
    /// Who rides in it by the roster.
    person: Option<i64>,
    /// `not-yet`, `watching`, `blind`, `not-signed-on` or `over`.
    #[schema(example = "blind")]
    state: &'static str,
    /// Since when it is blind or not signed on.
    #[schema(format = DateTime)]
    since: Option<String>,
    /// Who signed on as it in this shift, oldest first.
    sign_ons: Vec<SignOnOut>,
}

/// That somebody signed on.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignOnOut {
    sign_on: i64,
    person: i64,
    name: String,
    #[schema(format = DateTime)]
    from: String,
    /// When its open page was last heard of.
    #[schema(format = DateTime)]
    seen_at: String,
    #[schema(format = DateTime)]
    ended_at: Option<String>,
    /// `signed-off`, `shift-over` or `signed-on-anew`.
    ending: Option<&'static str>,
    /// When its page was blind.
    blind: Vec<BlindOut>,
}

/// A time in which a page was blind.
#[derive(Serialize, ToSchema)]
pub(crate) struct BlindOut {
    #[schema(format = DateTime)]
    since: String,
    #[schema(format = DateTime)]
    until: Option<String>,
}

impl BoardOut {
    pub(crate) fn of(board: &ShiftBoard) -> Self {
        Self {
            shift: ShiftOut::of(&board.shift),
            shifts: board.shifts.iter().map(ShiftOut::of).collect(),
            units: board.rows.iter().map(UnitOnDutyOut::of).collect(),
        }
    }
}

impl UnitOnDutyOut {
    fn of(row: &BoardRow) -> Self {
        let (state, since) = match row.state {
            DutyState::NotYet => ("not-yet", None),
            DutyState::Watching => ("watching", None),
            DutyState::Blind { since } => ("blind", Some(since)),
            DutyState::NotSignedOn { since } => ("not-signed-on", Some(since)),
            DutyState::Over => ("over", None),
        };
        let duty = row.duty.as_ref();
        Self {
            unit: row.unit.clone(),
            duty: duty.map(|duty| duty.id.to_i64()),
            person: duty.and_then(|duty| duty.about.person).map(domain::PersonId::to_i64),
            state,
            since: since.map(|at| at.to_string()),
            sign_ons: row.sign_ons.iter().map(SignOnOut::of).collect(),
        }
    }
}

impl SignOnOut {
    fn of(view: &SignOnView) -> Self {
        let ended = match view.presence {
            Presence::Over { at, how } => Some((at, how)),
            Presence::Watching | Presence::Blind { .. } => None,
        };
        let spells = view.spells.iter().map(|one| BlindOut {
            since: one.since.to_string(),
            until: one.until.map(|until| until.to_string()),
        });
        let sign_on = &view.sign_on;
        Self {
            sign_on: sign_on.id.to_i64(),
            person: sign_on.about.person.to_i64(),
            name: view.name.clone(),
            from: sign_on.about.span.from.to_string(),
            seen_at: sign_on.seen_at.to_string(),
            ended_at: ended.map(|(at, _)| at.to_string()),
            ending: ended.map(|(_, how)| how.word()),
            blind: spells.collect(),
        }
    }
}

/// A unit that is to be on duty.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DutyIn {
    #[schema(example = "12A")]
    pub(crate) unit: String,
    /// Who rides in it.
    #[serde(default)]
    pub(crate) person: Option<i64>,
    /// When its shift begins, as `GET /api/v1/shift` has it.
    #[schema(example = "2026-11-22T14:00:00Z")]
    pub(crate) from: String,
}

/// That a unit is on duty.
#[derive(Serialize, ToSchema)]
pub(crate) struct DutyMadeOut {
    pub(crate) duty: i64,
}

/// What came of a file.
#[derive(Serialize, ToSchema)]
pub(crate) struct RosterOut {
    /// How many units were put on duty.
    n_added: usize,
    /// How many were on duty in that shift already.
    n_known: usize,
}

impl RosterOut {
    /// All of a file, or the lines for which none of it was taken.
    pub(crate) fn of(imported: &RosterImported) -> Result<Self, ApiError> {
        let Some(first) = imported.faults.first() else {
            let (n_added, n_known) = (imported.n_added, imported.n_known);
            return Ok(Self { n_added, n_known });
        };
        let says = imported.faults.iter().map(|one| format!("line {}: {}", one.line, one.why));
        let says = says.collect::<Vec<_>>().join("\n");
        Err(ApiError::invalid(format!("line {}", first.line), says))
    }
}

/// What there is to hand over.
#[derive(Serialize, ToSchema)]
pub(crate) struct HandOverOut {
    /// Offered to who asks.
    to_me: Vec<OpenHitOut>,
    /// Theirs.
    mine: Vec<OpenHitOut>,
    /// Nobody's.
    waiting: Vec<OpenHitOut>,
    /// To whom hits can be handed: those of the next shift first.
    takers: Vec<TakerOut>,
}

/// An open hit.
#[derive(Serialize, ToSchema)]
pub(crate) struct OpenHitOut {
    #[serde(flatten)]
    hit: HitOut,
    #[schema(example = "taken")]
    stage: &'static str,
    offer: Option<OfferOut>,
}

/// An offer that was not accepted yet.
#[derive(Serialize, ToSchema)]
pub(crate) struct OfferOut {
    by_name: String,
    to_name: String,
    #[schema(format = DateTime)]
    at: String,
    note: String,
}

/// Somebody to whom hits can be handed.
#[derive(Serialize, ToSchema)]
pub(crate) struct TakerOut {
    person: i64,
    name: String,
    /// As which unit the roster has them in the next shift.
    next_unit: Option<String>,
}

impl From<Offer> for OfferOut {
    fn from(offer: Offer) -> Self {
        let Offer { by, to, at, note } = offer;
        Self { by_name: by, to_name: to, at: at.to_string(), note }
    }
}

impl From<OpenRow> for OpenHitOut {
    fn from(row: OpenRow) -> Self {
        Self { hit: row.card.into(), stage: row.stage.word(), offer: row.offer.map(Into::into) }
    }
}

impl HandOverOut {
    pub(crate) fn of(page: HandOverPage) -> Self {
        let to_me = page.to_me.into_iter().map(|row| OpenHitOut {
            hit: row.card.into(),
            stage: row.stage.word(),
            offer: Some(row.offer.into()),
        });
        let taker = |one: Taker| TakerOut {
            person: one.id.to_i64(),
            name: one.name,
            next_unit: one.next_unit,
        };
        Self {
            to_me: to_me.collect(),
            mine: page.mine.into_iter().map(Into::into).collect(),
            waiting: page.waiting.into_iter().map(Into::into).collect(),
            takers: page.takers.into_iter().map(taker).collect(),
        }
    }
}

/// Hits to offer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfferIn {
    pub(crate) hits: Vec<i64>,
    /// To whom.
    pub(crate) to: i64,
    /// What they have to know.
    #[serde(default)]
    pub(crate) note: String,
}

/// Hits to accept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcceptIn {
    pub(crate) hits: Vec<i64>,
}

/// How many hits were offered or accepted.
#[derive(Serialize, ToSchema)]
pub(crate) struct HandedOut {
    pub(crate) n_hits: usize,
}
