//! Pages about fetched hotlists and AMBER alerts.

use std::collections::HashMap;
use std::time::Duration;

use app::views::HotlistRow;
use app::{AlertBoard, AlertRow, CapRefused, CapTaken, FeedFormat, FeedView};
use askama::Template as _;
use console::frame::Frame;
use console::pages::amber::{AlertsPage, OneAlert};
use console::pages::amber_file::FilePage;
use domain::{
    AmberId, AmberKind, AmberMessage, AmberPlate, AmberStanding, AmberStatus, FeedState, Fetch,
    FetchOutcome, HotlistId, MessageName, NewAmberMessage, PersonId, PlateDecision, PlateOrigin,
    ProposedPlate, Said, VehicleClass, VehicleSaid,
};
use plate::Jurisdiction;

use crate::{Fallible, ago};

/// How a list is fetched that has failed of late.
pub(crate) fn feed(hotlist: HotlistId) -> FeedView {
    let fetch = |outcome, says: &str, minutes: u64, by: bool| Fetch {
        hotlist,
        began_at: ago(minutes * 60 + 4),
        ended_at: ago(minutes * 60),
        by: by.then(|| PersonId::from_i64(3)),
        outcome,
        says: says.to_owned(),
        sha256: (outcome != FetchOutcome::Failed).then_some([0xa7; 32]),
    };
    let taken = "6211004 rows taken, 2 refused, 118 over already, 0 of topics that are off, 0 that take off: 6211004 entries instead of \
                 6210771.\nLine 17: plate: is longer than 10 characters\nLine 90211: state: \"ZZ\" is no NCIC code of a state or province";
    let refused = "files.example.gov showed another host key than the configuration names: nothing was sent to it";
    FeedView {
        source: "sftp://files.example.gov:22/out/extract.txt".to_owned(),
        format: FeedFormat::Rows,
        every: Duration::from_secs(3600),
        state: FeedState {
            n_failed: 3,
            failing_since: Some(ago(420)),
            worked_at: Some(ago(4_100)),
            next_at: Some(ago(0).plus(Duration::from_secs(240))),
            ..FeedState::default()
        },
        runs: false,
        fetches: vec![
            fetch(FetchOutcome::Failed, refused, 1, true),
            fetch(FetchOutcome::Renewed, "The source gave the same file as before.", 68, false),
            fetch(FetchOutcome::Imported, taken, 130, false),
        ],
    }
}

/// The plates of the sample, where it names them.
fn named(said: &[Said]) -> Vec<ProposedPlate> {
    let car = VehicleSaid {
        make: Some("Honda".to_owned()),
        model: Some("Civic".to_owned()),
        colour: Some("silver".to_owned()),
        year: Some(2015),
        class: VehicleClass::Car,
    };
    let truck = VehicleSaid { class: VehicleClass::Truck, ..VehicleSaid::default() };
    let texas = Jurisdiction::from_code("US-TX").ok();
    let all = [("ABC-1234", "ABC1234", texas, car), ("LKW4873", "LKW4873", None, truck)];
    let found = all.into_iter().filter_map(|(written, plate, jurisdiction, vehicle)| {
        let (part, from) = said
            .iter()
            .enumerate()
            .find_map(|(part, one)| one.text.find(written).map(|from| (part, from)))?;
        let place = Some((part, from, from + written.len()));
        Some(ProposedPlate { plate: plate.to_owned(), jurisdiction, place, vehicle })
    });
    found.collect()
}

fn message(id: i64, kind: AmberKind, said: &[(&str, &str, &str)]) -> AmberMessage {
    let said: Vec<Said> = said
        .iter()
        .map(|(part, language, text)| Said {
            part: (*part).to_owned(),
            language: (*language).to_owned(),
            text: (*text).to_owned(),
        })
        .collect();
    let decided = PlateDecision::Confirmed { plate: "LKW4873".to_owned(), jurisdiction: None };
    let plates = named(&said).into_iter().zip(1..).map(|(proposed, n)| AmberPlate {
        n,
        proposed,
        origin: PlateOrigin::Read,
        decided: (n == 2).then(|| (decided.clone(), PersonId::from_i64(3), ago(300))),
    });
    AmberMessage {
        id: AmberId::from_i64(id),
        hotlist: HotlistId::from_i64(4),
        received_at: ago(600),
        plates: plates.collect(),
        message: NewAmberMessage {
            name: MessageName {
                sender: "missing@dps.example.gov".to_owned(),
                identifier: format!("TX-DPS-2026-03{id}"),
                sent_at: ago(900),
            },
            status: AmberStatus::Actual,
            kind,
            references: Vec::new(),
            expires_at: (id == 7).then(|| ago(0).plus(Duration::from_secs(9_000))),
            event: "Child Abduction Emergency".to_owned(),
            area: "Travis County; Williamson County".to_owned(),
            said,
        },
    }
}

fn board(list: &HotlistRow) -> AlertBoard {
    let words = [
        ("headline", "en-US", "AMBER Alert for Travis and Williamson counties"),
        (
            "description",
            "en-US",
            "The child was last seen in Austin at 5 this morning. The vehicle is a silver 2015 Honda Civic sedan with Texas license plate \
             ABC-1234, or a black Chevrolet pickup with license plate LKW4873.",
        ),
        ("instruction", "en-US", "If you see the vehicle, call 911. Do not approach it."),
        ("headline", "es-US", "Alerta AMBER para los condados de Travis y Williamson"),
    ];
    let row = |message, standing| AlertRow { message, standing };
    let alerts = vec![
        row(message(7, AmberKind::Alert, &words), AmberStanding::InForce),
        row(message(6, AmberKind::Cancel, &[]), AmberStanding::Ends),
        row(message(5, AmberKind::Alert, &[]), AmberStanding::Cancelled(AmberId::from_i64(6))),
    ];
    let names = HashMap::from([(PersonId::from_i64(3), "R. Ortiz".to_owned())]);
    AlertBoard { hotlist: list.hotlist.clone(), alerts, names }
}

pub(crate) fn pages(
    frame: &impl Fn(&str) -> Frame,
    list: &HotlistRow,
) -> Fallible<Vec<(&'static str, String)>> {
    let mut board = board(list);
    let alerts = AlertsPage::of(frame("/hotlists"), &board).render()?;
    let one = |board: &AlertBoard| -> Fallible<String> {
        let page = OneAlert::of(frame("/hotlists"), board).ok_or("there is an alert")?;
        Ok(page.render()?)
    };
    let waits = one(&board)?;
    board.alerts.drain(..2);
    let form = || FilePage::of(frame("/hotlists"), board.hotlist.id, &board.hotlist.name);
    let taken = CapTaken {
        n_messages: 2,
        n_new: 1,
        n_other: 3,
        n_refused: 1,
        refused: vec![CapRefused { line: 41, why: "<sent> is missing".to_owned() }],
    };
    let cut = "line 12: it is not XML that is whole: the root node was opened but never closed";
    Ok(vec![
        ("alerts", alerts),
        ("alert", waits),
        ("alert-ended", one(&board)?),
        ("alert-file", form().refused(cut).render()?),
        ("alert-file-taken", form().taken(&taken).render()?),
    ])
}
