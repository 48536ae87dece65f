//! The shift's page: which units are on duty, and which of them are signed on.

use std::collections::HashMap;

use domain::access::{ListCameras, ListPeople, SeeShift};
use domain::shift::{BlindSpell, Duty, DutyState, Presence, SignOn};
use domain::{CameraId, PersonId, Timestamp};

use super::{Shift, blind_after, policy};
use crate::record::About;
use crate::{App, AskError, Ctx};

/// So many shifts after the one that runs can be planned.
const AHEAD: usize = 9;

/// The shift's page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShiftBoard {
    /// The shift that is shown: the one that runs, or one that was asked for.
    pub shift: Shift,
    /// Whether it runs.
    pub is_now: bool,
    /// The shift that runs and those that can be planned.
    pub shifts: Vec<Shift>,
    /// Units of the roster, and those that signed on without being on it.
    pub rows: Vec<BoardRow>,
    /// Everybody who can be put on the roster, by name.
    pub people: Vec<(PersonId, String)>,
    /// After how many minutes an unsigned unit is told of.
    pub unsigned_minutes: u32,
    /// The clause that asks for it, where one does.
    pub clause: Option<String>,
}

/// One unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BoardRow {
    /// Its call sign.
    pub unit: String,
    /// What the roster says; none where it is not on it.
    pub duty: Option<Duty>,
    /// How it stands.
    pub state: DutyState,
    /// Who rides in it by the roster.
    pub person: Option<String>,
    /// Who signed on as it in this shift, oldest first.
    pub sign_ons: Vec<SignOnView>,
}

/// That somebody signed on, as the shift's page shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignOnView {
    /// It.
    pub sign_on: SignOn,
    /// Who.
    pub name: String,
    /// The car's camera.
    pub camera: Option<String>,
    /// How it stands.
    pub presence: Presence,
    /// When its page was blind before.
    pub spells: Vec<BlindSpell>,
}

/// The shift that runs, or one that begins at `from`.
pub async fn shift_board(
    app: &App,
    ctx: &Ctx,
    from: Option<Timestamp>,
) -> Result<ShiftBoard, AskError> {
    let act = app.begin::<SeeShift>(ctx, About::nothing_yet()).await?;
    let failed = || AskError::failed("look up who is on duty");
    let (store, leave) = (&app.inner().store, act.leave());
    let policy = policy(app, ctx).await?;
    let shifts = Shift::all_from(&policy, ctx.now, AHEAD);
    let shown = match from {
        None => shifts.first(),
        Some(from) => shifts.iter().find(|one| one.span.from == from),
    };
    let shown = shown.ok_or_else(|| AskError::not_found("shift", "that begins then"))?.clone();
    let duties = store.duties(act.permit(), shown.span).await.map_err(failed())?;
    let is_now = shown.span.holds(ctx.now);
    let mut sign_ons = store.sign_ons(act.permit(), shown.span).await.map_err(failed())?;
    // Who works on in the grace after a shift is signed on now, and not for the shift to come.
    sign_ons.retain(|one| is_now || one.about.span.until > shown.span.from);
    let spells = store.blind_spells(act.permit(), shown.span).await.map_err(failed())?;
    let people = store.people(&leave.permit::<ListPeople>()?).await.map_err(failed())?;
    let cameras = store.cameras(&leave.permit::<ListCameras>()?).await.map_err(failed())?;
    let crew = Crew {
        names: people.iter().map(|one| (one.id, one.name.clone())).collect(),
        cameras: cameras.into_iter().map(|one| (one.id, one.about.name)).collect(),
        sign_ons,
        spells,
        now: ctx.now,
        blind_after: blind_after(&policy),
    };
    let rules = &policy.bundle.settings().duty;
    let usable = people.iter().filter(|one| one.is_usable(ctx.now));
    let mut people: Vec<_> = usable.map(|one| (one.id, one.name.clone())).collect();
    people.sort_by(|(_, one), (_, other)| one.cmp(other));
    act.done(crew.sign_ons.iter().map(|one| format!("sign-on {}", one.id)).collect::<Vec<_>>());
    Ok(ShiftBoard {
        is_now,
        rows: crew.rows(&duties),
        shift: shown,
        shifts,
        people,
        unsigned_minutes: rules.unsigned_minutes,
        clause: rules.clause.clone(),
    })
}

/// Everybody who signed on in a shift.
struct Crew {
    names: HashMap<PersonId, String>,
    cameras: HashMap<CameraId, String>,
    sign_ons: Vec<SignOn>,
    spells: Vec<BlindSpell>,
    now: Timestamp,
    blind_after: std::time::Duration,
}

impl Crew {
    /// A row for each unit: those of the roster, then those that are signed on without being on it.
    fn rows(&self, duties: &[Duty]) -> Vec<BoardRow> {
        let mut rows: Vec<BoardRow> = duties.iter().map(|duty| self.rostered(duty)).collect();
        for sign_on in &self.sign_ons {
            let unit = sign_on.about.unit.as_str();
            let is_known = rows.iter().any(|row| row.unit == unit);
            let is_over = sign_on.over_at(self.now).is_some();
            if !is_known && !is_over {
                rows.push(self.unrostered(unit));
            }
        }
        rows
    }

    fn rostered(&self, duty: &Duty) -> BoardRow {
        BoardRow {
            unit: duty.about.unit.to_string(),
            state: duty.state(&self.sign_ons, self.now, self.blind_after),
            person: duty.about.person.map(|id| super::name_of(&self.names, id)),
            sign_ons: self.of_unit(duty.about.unit.as_str()),
            duty: Some(duty.clone()),
        }
    }

    fn unrostered(&self, unit: &str) -> BoardRow {
        let sign_ons = self.of_unit(unit);
        let watching = sign_ons.iter().any(|one| one.presence == Presence::Watching);
        let blind = sign_ons.iter().filter_map(|one| match one.presence {
            Presence::Blind { since } => Some(since),
            Presence::Watching | Presence::Over { .. } => None,
        });
        let state = match blind.max() {
            Some(since) if !watching => DutyState::Blind { since },
            _ => DutyState::Watching,
        };
        BoardRow { unit: unit.to_owned(), duty: None, state, person: None, sign_ons }
    }

    fn of_unit(&self, unit: &str) -> Vec<SignOnView> {
        let own = self.sign_ons.iter().filter(|one| one.about.unit.as_str() == unit);
        let view = |one: &SignOn| SignOnView {
            name: super::name_of(&self.names, one.about.person),
            camera: one.about.camera.and_then(|id| self.cameras.get(&id).cloned()),
            presence: one.presence(self.now, self.blind_after),
            spells: self.spells.iter().filter(|spell| spell.sign_on == one.id).copied().collect(),
            sign_on: one.clone(),
        };
        own.map(view).collect()
    }
}
