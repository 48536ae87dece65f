//! What an alert says outside: its priority, that the console is to be opened, that an alert alone is no ground for a stop; and
//! what else the bundle permits for the channel.

use domain::telling::{ALONE, Channel, ToldField};
use domain::{Category, Priority, Timestamp};
use policy::settings::Telling;
use serde_json::{Map, Value, json};
use store::ToldMail;

/// What of a hit is known where something is said of it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Known {
    pub(super) category: Option<Category>,
    pub(super) camera: Option<String>,
    pub(super) plate: Option<String>,
}

/// What is known and may be said over a channel.
pub(super) fn permitted(known: Known, channel: Channel, telling: &Telling) -> Known {
    let may = |field| telling.may_say(channel, field);
    Known {
        category: known.category.filter(|_| may(ToldField::Category)),
        camera: known.camera.filter(|_| may(ToldField::Camera)),
        plate: known.plate.filter(|_| may(ToldField::Plate)),
    }
}

/// Whether more than the hit's priority and category has to be known for a channel.
pub(super) fn asks_for_read(channel: Channel, telling: &Telling) -> bool {
    [ToldField::Camera, ToldField::Plate].into_iter().any(|field| telling.may_say(channel, field))
}

fn loud(priority: Priority) -> &'static str {
    match priority {
        Priority::High => "Highest priority",
        Priority::Normal => "Normal priority",
        Priority::Low => "Low priority",
    }
}

/// One line.
fn title(priority: Priority, is_update: bool, known: &Known) -> String {
    let what = if is_update { "seen again at another camera" } else { "a hit" };
    let mut line = format!("{}: {what}", loud(priority));
    if let Some(plate) = &known.plate {
        line = format!("{line}, {plate}");
    }
    if let Some(category) = known.category {
        line = format!("{line} · {}", category.label());
    }
    if let Some(camera) = &known.camera {
        line = format!("{line} · {camera}");
    }
    line
}

/// The mail about a hit.
pub(super) fn mail(
    person: domain::PersonId,
    priority: Priority,
    known: &Known,
    address: &str,
) -> ToldMail {
    let subject = title(priority, false, known);
    let body = format!(
        "There is a hit. {}.\n\nOpen the console: {address}\n\n{ALONE} Compare plate, state and vehicle yourself before anything else.\n\n\
         You asked to be told by mail; you can change that on the page of your account.\n",
        loud(priority)
    );
    ToldMail { person, subject, body }
}

/// What a browser shows: read by the service worker.
pub(super) fn push(priority: Priority, is_update: bool, known: &Known, code: &str) -> String {
    json!({
        "title": title(priority, is_update, known),
        "body": format!("Open the console. {ALONE}"),
        "path": format!("/go/{code}"),
        "tag": code,
        "silent": is_update,
    })
    .to_string()
}

/// The same for a test.
pub(super) fn push_test() -> String {
    json!({
        "title": "A test: this device is told of hits",
        "body": "Nothing happened. You asked for this test on the page of your account.",
        "path": "/account/alerts",
        "tag": "test",
        "silent": false,
    })
    .to_string()
}

/// What is posted to a program. Names stand in the order of the alphabet, whatever else is built with this.
pub(super) fn webhook(
    uid: &str,
    at: Timestamp,
    hit: Option<(Priority, bool, &Known, &str)>,
) -> String {
    let mut data = Map::new();
    let mut say = |name: &str, value: Value| data.insert(name.to_owned(), value);
    say("id", uid.into());
    let kind = match hit {
        None => "test",
        Some((priority, is_update, known, address)) => {
            if let Some(camera) = &known.camera {
                say("camera", camera.as_str().into());
            }
            if let Some(category) = known.category {
                say("category", category.word().into());
            }
            say("link", address.into());
            say("note", ALONE.into());
            if let Some(plate) = &known.plate {
                say("plate", plate.as_str().into());
            }
            say("priority", priority.word().into());
            if is_update { "hit.moved" } else { "hit.raised" }
        }
    };
    json!({ "data": data, "timestamp": at.to_string(), "type": kind }).to_string()
}

#[cfg(test)]
mod tests {
    use domain::PersonId;
    use policy::settings::Tells;

    use super::*;

    fn known() -> Known {
        Known {
            category: Some(Category::StolenVehicle),
            camera: Some("Lamar / 5th".to_owned()),
            plate: Some("7ABC123".to_owned()),
        }
    }

    #[test]
    fn clause_aus_344_3_2b_what_leaves_says_the_priority_and_that_an_alert_alone_is_no_ground() {
        for channel in Channel::LEAVING {
            let bare = permitted(known(), channel, &Telling::default());
            assert_eq!(bare, Known::default(), "{channel}");
        }
        let bare = Known::default();
        let mail = mail(PersonId::from_i64(1), Priority::High, &bare, "https://x.example/go/abc");
        let push = push(Priority::High, false, &bare, "abc");
        let at = Timestamp::from_micros(0);
        let hit = Some((Priority::High, false, &bare, "https://x.example/go/abc"));
        let webhook = webhook("msg_1", at, hit);
        for said in [&mail.body, &push, &webhook] {
            assert!(said.contains(ALONE), "{said}");
            assert!(!said.contains("7ABC123") && !said.contains("Lamar"), "{said}");
            assert!(!said.to_lowercase().contains("stolen"), "{said}");
        }
        assert_eq!(mail.subject, "Highest priority: a hit");
        let read: Value = serde_json::from_str(&webhook).unwrap();
        assert_eq!(read["type"], "hit.raised");
        assert_eq!(read["data"]["priority"], "high");
        assert_eq!(read["data"].as_object().unwrap().len(), 4, "{webhook}");
    }

    #[test]
    fn a_channel_says_what_the_bundle_permits_for_it_and_another_does_not() {
        let fields = vec![ToldField::Category, ToldField::Camera];
        let says = vec![Tells {
            channel: Channel::Push,
            fields,
            label: "category and camera".to_owned(),
            clause: "OURS-telling".to_owned(),
        }];
        let telling = Telling { says, ..Telling::default() };
        assert!(asks_for_read(Channel::Push, &telling));
        assert!(!asks_for_read(Channel::Webhook, &telling));
        let said = permitted(known(), Channel::Push, &telling);
        let push = push(Priority::Normal, true, &said, "abc");
        assert!(
            push.contains(
                "Normal priority: seen again at another camera · Stolen vehicle · Lamar / 5th"
            ),
            "{push}"
        );
        assert!(!push.contains("7ABC123"), "{push}");
        assert_eq!(permitted(known(), Channel::Webhook, &telling), Known::default());
    }
}
