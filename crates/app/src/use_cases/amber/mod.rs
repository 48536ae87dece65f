//! AMBER alerts: their messages, the plates that people confirm, and the list of what was confirmed.

mod close;
mod decide;
mod publish;
mod take;

use std::collections::HashMap;

use domain::access::{ListHotlists, ListPeople};
use domain::amber::amber_standings;
use domain::{
    AmberId, AmberKind, AmberMessage, AmberPlate, AmberStanding, AmberStatus, Hotlist, HotlistId,
    NewAmberMessage, PersonId, PlateDecision, PlateOrigin, ProposedPlate, Timestamp,
};
use hotfile::proposals;

use crate::record::Leave;
use crate::{App, AskError, Ctx};
pub(crate) use close::close_hits_of_ended_alerts;
pub use decide::{ConfirmingPlate, add_amber_plate, confirm_amber_plate, refuse_amber_plate};
pub use hotfile::{CAP_BYTES_MAX, CapRefused};
pub(crate) use publish::forget_words;
pub(super) use publish::publish;
pub(super) use take::{CapError, keep_new, read_file};
pub use take::{CapTaken, take_amber_file};

/// A message and how it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AlertRow {
    /// It.
    pub message: AmberMessage,
    /// How it stands now.
    pub standing: AmberStanding,
}

impl AlertRow {
    /// Plates that wait for a person, of a message that counts.
    pub fn n_waiting(&self) -> usize {
        if self.standing != AmberStanding::InForce {
            return 0;
        }
        self.message.plates.iter().filter(|plate| plate.decided.is_none()).count()
    }

    /// Plates that are matched.
    pub fn n_matched(&self) -> usize {
        if self.standing != AmberStanding::InForce {
            return 0;
        }
        let confirmed = |plate: &&AmberPlate| {
            matches!(plate.decided, Some((PlateDecision::Confirmed { .. }, ..)))
        };
        self.message.plates.iter().filter(confirmed).count()
    }
}

/// The messages of a list.
#[derive(Clone, PartialEq, Debug)]
pub struct AlertBoard {
    /// The list.
    pub hotlist: Hotlist,
    /// Newest first.
    pub alerts: Vec<AlertRow>,
    /// Everybody's name.
    pub names: HashMap<PersonId, String>,
}

/// The messages of a list, newest first.
pub async fn amber_alerts(
    app: &App,
    ctx: &Ctx,
    hotlist: HotlistId,
) -> Result<AlertBoard, AskError> {
    let look = app.look::<ListHotlists>(ctx).await?;
    let board = board(app, look.leave(), hotlist).await?;
    let things = board.alerts.iter().map(|row| format!("alert {}", row.message.id));
    look.sends(things.collect::<Vec<_>>()).await;
    Ok(board)
}

/// One message, with how it stands.
pub async fn amber_alert(
    app: &App,
    ctx: &Ctx,
    (hotlist, alert): (HotlistId, AmberId),
) -> Result<AlertBoard, AskError> {
    let look = app.look::<ListHotlists>(ctx).await?;
    let mut board = board(app, look.leave(), hotlist).await?;
    board.alerts.retain(|row| row.message.id == alert);
    if board.alerts.is_empty() {
        return Err(AskError::not_found("alert", alert));
    }
    look.sends([format!("alert {alert}")]).await;
    Ok(board)
}

async fn board(app: &App, leave: &Leave, hotlist: HotlistId) -> Result<AlertBoard, AskError> {
    let store = &app.inner().store;
    let permit = leave.permit::<ListHotlists>()?;
    let lists = store.hotlists(&permit).await;
    let lists = lists.map_err(AskError::failed("look up the hotlist"))?;
    let list = lists.into_iter().find(|list| list.id == hotlist);
    let list = list.ok_or_else(|| AskError::not_found("hotlist", hotlist))?;
    let alerts = rows(app, leave, hotlist).await?;
    let people = store.people(&leave.permit::<ListPeople>()?).await;
    let people = people.map_err(AskError::failed("look up names"))?;
    let names = people.into_iter().map(|person| (person.id, person.name)).collect();
    Ok(AlertBoard { hotlist: list, alerts, names })
}

async fn rows(app: &App, leave: &Leave, hotlist: HotlistId) -> Result<Vec<AlertRow>, AskError> {
    let permit = leave.permit::<ListHotlists>()?;
    let messages = app.inner().store.amber_messages(&permit, hotlist).await;
    let messages = messages.map_err(AskError::failed("list the alerts"))?;
    let standings = amber_standings(&messages, leave.ctx().now);
    let rows = messages.into_iter().zip(standings);
    Ok(rows.map(|(message, standing)| AlertRow { message, standing }).rev().collect())
}

/// How many plates of a list wait for a person.
pub(crate) fn n_waiting(messages: Vec<AmberMessage>, now: Timestamp) -> usize {
    let standings = amber_standings(&messages, now);
    let rows = messages.into_iter().zip(standings);
    rows.map(|(message, standing)| AlertRow { message, standing }.n_waiting()).sum()
}

/// The plates of a new message: those that its words name, and those of the messages that it takes the place of. What was
/// decided about a plate before holds where the new message names it too; where it does not, a person decides again.
fn plates_of(new: &NewAmberMessage, known: &[AmberMessage], now: Timestamp) -> Vec<AmberPlate> {
    let counts = new.status == AmberStatus::Actual && new.kind != AmberKind::Cancel;
    if !counts || new.ends_at() <= now {
        return Vec::new();
    }
    let replaced = known.iter().filter(|one| {
        one.message.name.sender == new.name.sender && new.references.contains(&one.message.name)
    });
    let before: Vec<&AmberPlate> = replaced.flat_map(|one| &one.plates).collect();
    let mut plates = Vec::new();
    for proposed in proposals(&new.said) {
        let same = before.iter().find(|plate| names_same(&plate.proposed, &proposed));
        let decided = same.and_then(|plate| plate.decided.clone());
        push(&mut plates, proposed, PlateOrigin::Read, decided);
    }
    for plate in before {
        let (proposed, still) = match &plate.decided {
            Some((PlateDecision::Refused(_), ..)) => continue,
            Some((PlateDecision::Confirmed { plate: spelled, jurisdiction }, ..)) => {
                let as_confirmed = ProposedPlate {
                    plate: spelled.clone(),
                    jurisdiction: *jurisdiction,
                    place: None,
                    vehicle: plate.proposed.vehicle.clone(),
                };
                (as_confirmed, true)
            }
            None => (ProposedPlate { place: None, ..plate.proposed.clone() }, false),
        };
        let is_there = |one: &AmberPlate| {
            names_same(&one.proposed, &plate.proposed) || names_same(&one.proposed, &proposed)
        };
        if !plates.iter().any(is_there) {
            let origin = if still { PlateOrigin::Before } else { plate.origin };
            push(&mut plates, proposed, origin, None);
        }
    }
    plates
}

fn names_same(one: &ProposedPlate, other: &ProposedPlate) -> bool {
    one.plate == other.plate && one.jurisdiction == other.jurisdiction
}

fn push(
    plates: &mut Vec<AmberPlate>,
    proposed: ProposedPlate,
    origin: PlateOrigin,
    decided: Option<(PlateDecision, PersonId, Timestamp)>,
) {
    let n = u32::try_from(plates.len() + 1).unwrap_or(u32::MAX);
    plates.push(AmberPlate { n, proposed, origin, decided });
}

#[cfg(test)]
mod tests {
    use domain::{MessageName, Said};

    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_micros(minute * 60_000_000)
    }

    fn new(identifier: &str, kind: AmberKind, about: &[&str], text: &str) -> NewAmberMessage {
        let name = |identifier: &str| MessageName {
            sender: "dps".to_owned(),
            identifier: identifier.to_owned(),
            sent_at: at(1),
        };
        NewAmberMessage {
            name: name(identifier),
            status: AmberStatus::Actual,
            kind,
            references: about.iter().map(|one| name(one)).collect(),
            expires_at: Some(at(60)),
            event: String::new(),
            area: String::new(),
            said: vec![Said {
                part: "headline".to_owned(),
                language: String::new(),
                text: text.to_owned(),
            }],
        }
    }

    fn known(text: &str, decisions: &[Option<PlateDecision>]) -> AmberMessage {
        let message = new("1", AmberKind::Alert, &[], text);
        let mut plates = plates_of(&message, &[], at(2));
        for (plate, decision) in plates.iter_mut().zip(decisions) {
            plate.decided = decision.clone().map(|one| (one, PersonId::from_i64(7), at(3)));
        }
        let (id, hotlist) = (AmberId::from_i64(1), HotlistId::from_i64(1));
        AmberMessage { id, hotlist, received_at: at(2), message, plates }
    }

    fn confirmed(plate: &str) -> Option<PlateDecision> {
        Some(PlateDecision::Confirmed { plate: plate.to_owned(), jurisdiction: None })
    }

    fn shown(plates: &[AmberPlate]) -> Vec<(&str, PlateOrigin, bool)> {
        let one = |plate: &'_ AmberPlate| plate.decided.is_some();
        plates.iter().map(|p| (p.proposed.plate.as_str(), p.origin, one(p))).collect()
    }

    #[test]
    fn what_an_update_names_too_stays_decided_and_what_it_does_not_is_decided_again() {
        let text = "Plate ABC1234 or plate XYZ9876 or plate QQQ1111";
        let refused = Some(PlateDecision::Refused("is another car".to_owned()));
        let before = [known(text, &[confirmed("ABC1234"), confirmed("XYZ9876"), refused])];
        let update = new("2", AmberKind::Update, &["1"], "Plate ABC1234, plate NEW2222");
        let plates = plates_of(&update, &before, at(4));
        assert_eq!(
            shown(&plates),
            [
                ("ABC1234", PlateOrigin::Read, true),
                ("NEW2222", PlateOrigin::Read, false),
                ("XYZ9876", PlateOrigin::Before, false),
            ]
        );
    }

    #[test]
    fn a_plate_that_was_corrected_stays_so() {
        let before = [known("Plate ABC1234", &[confirmed("ABC1Z34")])];
        let update = new("2", AmberKind::Update, &["1"], "Plate ABC1234 seen in Waco");
        let plates = plates_of(&update, &before, at(4));
        assert_eq!(plates.len(), 1);
        assert_eq!(plates[0].decided.as_ref().map(|one| one.0.clone()), confirmed("ABC1Z34"));
    }

    #[test]
    fn tests_cancels_and_what_is_over_name_nothing() {
        let mut test = new("1", AmberKind::Alert, &[], "Plate ABC1234");
        assert_eq!(plates_of(&test, &[], at(2)).len(), 1);
        assert!(plates_of(&test, &[], at(60)).is_empty());
        test.status = AmberStatus::Test;
        assert!(plates_of(&test, &[], at(2)).is_empty());
        let cancel = new("2", AmberKind::Cancel, &["1"], "Plate ABC1234");
        assert!(plates_of(&cancel, &[], at(2)).is_empty());
    }
}
