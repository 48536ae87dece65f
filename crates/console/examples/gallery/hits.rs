//! A hit's life, the queue and incidents.

use std::time::Duration;

use app::views::{HitCard, Page};
use app::{Happened, IncidentRow, Incidents, LifeView, Queue, QueueRow, StateAskView, StepView};
use domain::figures::Quarter;
use domain::life::{Answer, Deed, Need, Part, Progress, Stage, Step};
use domain::{
    AskEnd, Category, ClassFit, Confidence, HitId, HotlistEntry, Incident, IncidentClosed,
    IncidentId, PersonId, Priority, SeenVehicle, StateAnswer, StateAskId, VehicleClass,
};
use plate::{CodeSystem, Jurisdiction, JurisdictionFit};

use crate::{Fallible, hit, now};

/// A hit that somebody has and that is half verified.
pub(crate) fn life() -> LifeView {
    let chen = |seconds, deed| Happened {
        at: now().minus(Duration::from_secs(seconds)),
        by: "D. Chen".to_owned(),
        deed,
        whom: None,
    };
    let compared =
        |part| Deed::Compared { part, agrees: true, note: "an 8 on the picture".to_owned() };
    let step = |step, need, clause: &str, progress, last| StepView {
        step,
        need,
        clause: Some(clause.to_owned()),
        progress,
        last,
    };
    let plate = chen(9, compared(Part::Plate));
    let state = chen(6, compared(Part::State));
    let stale = chen(
        4,
        Deed::Asked {
            system: "NCIC".to_owned(),
            answer: Answer::NotInForce,
            reference: "4711".to_owned(),
        },
    );
    let (always, waiting) = (Need::Always, Progress::Waiting);
    LifeView {
        stage: Stage::Taken,
        holder: Some((PersonId::from_i64(1), "R. Ortiz".to_owned())),
        is_mine: true,
        outcome: None,
        steps: vec![
            step(Step::Plate, always, "AUS-344.3.2b1", Progress::Holds, Some(plate.clone())),
            step(Step::State, always, "AUS-344.3.2b1", Progress::Holds, Some(state.clone())),
            step(Step::Vehicle, always, "AUS-344.3.2b1", waiting, None),
            step(Step::InForce, always, "AUS-344.3.2b2", Progress::Against, Some(stale.clone())),
            step(Step::SecondOfficer, Need::UnlessExigent, "AUS-344.3.2b3", waiting, None),
            step(Step::Risk, always, "AUS-344.3.2b4", waiting, None),
        ],
        missing: vec![Step::Vehicle, Step::InForce, Step::SecondOfficer, Step::Risk],
        stop: None,
        facts: None,
        askable: vec!["NCIC".to_owned()],
        asked: vec![answered()],
        history: vec![stale, state, plate],
        systems: vec!["NCIC".to_owned(), "TCIC".to_owned()],
        colleagues: vec![(PersonId::from_i64(2), "D. Chen".to_owned())],
        may: policy::Action::ALL.to_vec(),
    }
}

/// What NCIC answered and nobody has recorded.
fn answered() -> StateAskView {
    let answer = StateAnswer {
        answer: Answer::InForce,
        reference: "SPG4F10".to_owned(),
        digest: "0".repeat(64),
    };
    StateAskView {
        id: StateAskId::from_i64(1),
        system: "NCIC".to_owned(),
        by: "D. Chen".to_owned(),
        at: now().minus(Duration::from_secs(3)),
        reference: "PG4F10A2B36C7D8E9F".to_owned(),
        end: Some((now().minus(Duration::from_secs(2)), AskEnd::Answered(answer))),
        text: Some("STOLEN VEHICLE, ACTIVE. CONFIRM WITH THE ENTERING AGENCY.".to_owned()),
        is_recorded: false,
    }
}

/// A motorcycle's number on a car from another state: information only, for both reasons.
pub(crate) fn information() -> Fallible<HitCard> {
    let card = hit(7, "4HRD22", "4HRD22", Category::StolenPlate, 12)?;
    let entry = HotlistEntry {
        plate: "4HRD22".to_owned(),
        jurisdiction: Jurisdiction::parse("MT", CodeSystem::Postal).ok(),
        class: VehicleClass::Motorcycle,
        ..HotlistEntry::default()
    };
    Ok(HitCard {
        jurisdiction_fit: JurisdictionFit::Different,
        class_fit: ClassFit::Different,
        is_information_only: true,
        priority: Priority::Low,
        vehicle: Some(SeenVehicle {
            class: VehicleClass::Car,
            confidence: Some(Confidence::from_thousandths(972)),
        }),
        entry: Some(entry),
        ..card
    })
}

/// A queue in which one hit waits past the limit and another is somebody's.
pub(crate) fn queue() -> Fallible<Queue> {
    let row = |card, stage, holder: Option<&str>, is_overdue| QueueRow {
        stage,
        holder: holder.map(str::to_owned),
        is_mine: false,
        is_overdue,
        since: now().minus(Duration::from_secs(42)),
        card,
    };
    let items = vec![
        row(hit(5, "7A8C123", "7ABC123", Category::StolenVehicle, 31)?, Stage::Raised, None, false),
        row(hit(4, "K4W3L", "K4W3L", Category::AmberAlert, 400)?, Stage::Raised, None, true),
        row(
            hit(3, "8XYZ999", "8XYZ999", Category::StolenPlate, 700)?,
            Stage::Taken,
            Some("D. Chen"),
            false,
        ),
    ];
    let counts =
        Stage::ALL.iter().zip([2, 1, 0, 0, 14, 31]).map(|(stage, n)| (*stage, n)).collect();
    let wait = Duration::from_secs(300);
    Ok(Queue {
        page: Page { items, next: None, n_left_out: 0 },
        counts,
        wait,
        may: policy::Action::ALL.to_vec(),
    })
}

/// An incident that waits, and one that is closed.
pub(crate) fn incidents() -> Incidents {
    let at = |minutes: u64| now().minus(Duration::from_secs(minutes * 60));
    let incident = |id, seen, closed| Incident {
        id: IncidentId::from_i64(id),
        hit: HitId::from_i64(5),
        reported_by: PersonId::from_i64(1),
        reported_at: at(40),
        due_at: at(5),
        seen,
        closed,
    };
    let boss = PersonId::from_i64(2);
    let closed = IncidentClosed {
        by: boss,
        at: at(10),
        finding: "The vehicle had been recovered two days before; the entry was still listed."
            .to_owned(),
    };
    let row = |incident: Incident, name: Option<&str>| IncidentRow {
        reporter: "D. Chen".to_owned(),
        seen_by: name.map(str::to_owned),
        closed_by: name.map(str::to_owned),
        is_own: false,
        is_overdue: incident.is_overdue(now()),
        incident,
    };
    let rows = vec![
        row(incident(2, None, None), None),
        row(incident(1, Some((boss, at(20))), Some(closed)), Some("K. Boss")),
    ];
    let quarters: Vec<_> = ["2026-Q4", "2026-Q3"].into_iter().filter_map(Quarter::parse).collect();
    Incidents { quarter: quarters.first().copied(), quarters, rows }
}
