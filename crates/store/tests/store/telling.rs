//! What is told of hits: written down whole or not at all, once, and kept to its agency.

use domain::access::{ListHits, ManageTelling, ReadDeliveries};
use domain::telling::{Channel, Day7, Group, QuietRule, Wish, Wishes};
use domain::{AgencyId, Category, HitId, PersonId, Priority, Timestamp};
use store::{
    NewDevice, NewTelling, NewWebhook, Store, TellingState, ToldHit, ToldMail, WhatNext, WhoIsTold,
};
use testkit::both_engines;

use crate::fixtures::{a_hit, a_list, a_person, a_read, an_agency, batch, camera_of, noon, permit};

fn later(seconds: u64) -> Timestamp {
    noon().plus(std::time::Duration::from_secs(seconds))
}

/// Three hits, with their camera.
async fn three_hits(store: &Store, agency: AgencyId) -> domain::CameraId {
    let camera = camera_of(store, agency, 1).await;
    let list = a_list(store, agency, &["LKW0001"]).await;
    let mut with_hits = batch(agency, (1..=3).map(|n| a_read(n, camera)).collect());
    let refs: Vec<_> = with_hits.reads.iter().map(|read| with_hits.file.read(read.id)).collect();
    with_hits.hits = refs.iter().map(|read| a_hit(*read, list, 0)).collect();
    store.append(&with_hits).await.unwrap();
    store.relay(with_hits.file).await.unwrap();
    camera
}

fn to(who: WhoIsTold, uid: &str, quiet: Option<&str>) -> NewTelling {
    NewTelling {
        uid: uid.to_owned(),
        priority: Priority::Normal,
        category: Some(Category::StolenVehicle),
        who,
        quiet: quiet.map(str::to_owned),
    }
}

async fn a_webhook(store: &Store, agency: AgencyId, by: PersonId) -> domain::WebhookId {
    let new = NewWebhook {
        name: "CAD".to_owned(),
        url: "https://cad.example.gov/".to_owned(),
        at_least: Priority::Low,
        sealed: vec![1, 2, 3],
    };
    store.add_webhook(&permit::<ManageTelling>(agency), &new, by).await.unwrap()
}

fn a_device(person: PersonId, digest: u8) -> NewDevice {
    NewDevice { person, label: "Phone".to_owned(), digest: [digest; 32], sealed: vec![4, 5] }
}

#[tokio::test]
async fn hits_are_told_once_and_repeats_are_counted_with_their_first() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let camera = three_hits(store, agency).await;
        let person = a_person(store, agency, "d.chen").await;
        let webhook = a_webhook(store, agency, person).await;
        let (before, hits) = store.untold_hits(agency, 10).await.unwrap();
        assert_eq!((before.to_i64(), hits.len()), (0, 3));
        let [one, two, three] = [1, 2, 3].map(HitId::from_i64);
        let first = Group::of(one, camera, noon());
        let told = |group, repeat, uid: &str| ToldHit {
            code: [7; 16],
            group,
            repeat,
            link: "A".repeat(22),
            tellings: vec![to(WhoIsTold::Webhook(webhook), uid, None)],
        };
        let all = [
            told(first, None, "msg_1"),
            told(first.with(two, camera, later(1)), Some(false), "msg_2"),
        ];
        assert!(store.keep_told(agency, (before, two), &all, noon()).await.unwrap());
        let late = store.keep_told(agency, (before, three), &all, noon()).await.unwrap();
        assert!(!late, "somebody was quicker");
        let (before, rest) = store.untold_hits(agency, 10).await.unwrap();
        assert_eq!((before, rest.len()), (two, 1));
        let (group, is_open) = store.group_of_code(agency, &[7; 16]).await.unwrap().unwrap();
        assert_eq!((group.n_hits, group.last, is_open), (2, two, true));
        assert!(store.group_of_code(agency, &[8; 16]).await.unwrap().is_none());
        store.forget_group_codes(later(1)).await.unwrap();
        assert!(store.group_of_code(agency, &[7; 16]).await.unwrap().is_some(), "it is young");
        store.forget_group_codes(later(2)).await.unwrap();
        assert!(store.group_of_code(agency, &[7; 16]).await.unwrap().is_none());
        let groups = store.groups_of(&permit::<ListHits>(agency), &[one, two, three]).await;
        let groups = groups.unwrap();
        assert_eq!((groups[&one].repeat, groups[&two].repeat), (None, Some(false)));
        assert!(!groups.contains_key(&three));
        let open = store.open_hits(&permit(agency), None, 10).await.unwrap();
        assert_eq!(open.iter().map(|hit| hit.id).collect::<Vec<_>>(), [three, one]);
        let linked = store.linked_hit(agency, &"A".repeat(22)).await.unwrap();
        assert_eq!(linked, Some(one));
        let other = an_agency(store).await;
        assert_eq!(store.linked_hit(other, &"A".repeat(22)).await.unwrap(), None);
        assert!(store.tellings(&permit(other), None, 10).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_told_is_tried_until_it_is_taken_or_given_up() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let camera = three_hits(store, agency).await;
        let person = a_person(store, agency, "d.chen").await;
        let device = store.add_device(agency, &a_device(person, 1), noon()).await.unwrap();
        let webhook = a_webhook(store, agency, person).await;
        let one = HitId::from_i64(1);
        let mail = ToldMail { person, subject: "a hit".to_owned(), body: "open it".to_owned() };
        let told = ToldHit {
            code: [7; 16],
            group: Group::of(one, camera, noon()),
            repeat: None,
            link: "A".repeat(22),
            tellings: vec![
                to(WhoIsTold::Device(person, device), "msg_1", None),
                to(WhoIsTold::Webhook(webhook), "msg_2", None),
                to(WhoIsTold::Mail(mail), "msg_3", None),
            ],
        };
        let marks = (HitId::from_i64(0), one);
        assert!(store.keep_told(agency, marks, &[told], noon()).await.unwrap());
        assert_eq!(store.due_mails(noon(), 10).await.unwrap().len(), 1);
        let due = store.due_tellings(noon(), 10).await.unwrap();
        assert_eq!(due.len(), 2);
        let push = due.iter().find(|one| one.channel == Channel::Push).unwrap();
        assert_eq!((push.sealed.as_slice(), push.hit), (&[4, 5][..], Some((one, one))));
        let hook = due.iter().find(|one| one.channel == Channel::Webhook).unwrap();
        assert_eq!(hook.url.as_deref(), Some("https://cad.example.gov/"));
        let again = WhatNext::TryAt(later(5));
        store.telling_tried(hook, (Some(500), "status 500"), again, noon()).await.unwrap();
        store.telling_tried(push, (Some(410), "gone"), WhatNext::DeviceGone, noon()).await.unwrap();
        assert!(store.due_tellings(noon(), 10).await.unwrap().is_empty());
        assert!(store.devices_of(person).await.unwrap().is_empty(), "it is gone");
        let due = store.due_tellings(later(5), 10).await.unwrap();
        assert_eq!((due.len(), due[0].n_tries), (1, 1));
        store.telling_tried(&due[0], (Some(200), ""), WhatNext::Sent, later(5)).await.unwrap();
        let log = store.tellings(&permit::<ReadDeliveries>(agency), None, 10).await.unwrap();
        let states: Vec<_> = log.iter().map(|row| (row.channel, row.state)).collect();
        let waiting = TellingState::Waiting(noon());
        assert_eq!(
            states,
            [
                (Channel::Mail, waiting),
                (Channel::Webhook, TellingState::Sent),
                (Channel::Push, TellingState::GivenUp),
            ]
        );
        assert_eq!((log[1].n_tries, log[1].status), (2, Some(200)));
        assert_eq!(store.told_to(person, 10).await.unwrap().len(), 2);
        let may = permit::<ManageTelling>(agency);
        let again = async |n: usize, since| store.tell_again(&may, log[n].id, since).await.unwrap();
        assert!(!again(1, later(1)).await, "it is too old");
        assert!(again(1, noon()).await);
        assert!(!again(1, noon()).await, "it is on its way");
        assert!(!again(2, noon()).await, "nobody is there");
        assert!(!again(0, noon()).await, "a mail looks after itself");

        are_forgotten(store, agency).await;
        assert!(store.end_webhook(&may, webhook, person).await.unwrap());
        assert!(store.due_tellings(later(9), 10).await.unwrap().is_empty());
    })
    .await;
}

/// Of a message given up, one that waits and a mail, what came to its end goes when it is old, the mail with it.
async fn are_forgotten(store: &Store, agency: AgencyId) {
    let forget = async |agency, before| store.forget_tellings(agency, before, 10).await.unwrap();
    assert_eq!(forget(agency, noon()).await, 0, "nothing is so old");
    assert_eq!(forget(an_agency(store).await, later(9)).await, 0, "it is another agency's");
    assert_eq!(forget(agency, later(9)).await, 1, "what waits is kept");
    let mail = store.due_mails(noon(), 10).await.unwrap().remove(0);
    store.mail_sent(mail.id, later(5)).await.unwrap();
    assert_eq!(forget(agency, later(9)).await, 1);
    assert!(!store.has_mail(agency, "alert msg_3").await.unwrap(), "its mail went with it");
    assert_eq!(store.tellings(&permit(agency), None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn wishes_devices_and_rules_are_their_owners() {
    both_engines(|bench| async move {
        let store = &bench.store;
        let agency = an_agency(store).await;
        let one = a_person(store, agency, "d.chen").await;
        let other = a_person(store, agency, "m.silva").await;
        let wishes = Wishes { mail: Some(Wish::default()), push: Wish::default() };
        store.keep_wishes(agency, one, &Wishes::default()).await.unwrap();
        store.keep_wishes(agency, one, &wishes).await.unwrap();
        assert_eq!(store.wishes_of(one).await.unwrap(), Some(wishes.clone()));
        assert_eq!(store.wishes_of(other).await.unwrap(), None);
        assert_eq!(store.wishes(agency).await.unwrap().len(), 1);

        let device = store.add_device(agency, &a_device(one, 1), noon()).await.unwrap();
        assert!(!store.end_device(other, device, noon()).await.unwrap());
        store.add_device(agency, &a_device(other, 1), noon()).await.unwrap();
        assert!(store.devices_of(one).await.unwrap().is_empty(), "a browser has one owner");
        assert_eq!(store.devices(agency).await.unwrap().len(), 1);

        let rule = QuietRule {
            days: vec![Day7::Sun],
            from: 0,
            until: 0,
            area: None,
            priorities: Vec::new(),
            categories: Vec::new(),
            channels: vec![Channel::Push],
        };
        let own = store.add_quiet_rule(agency, Some(one), &rule, (one, noon())).await.unwrap();
        let all = store.add_quiet_rule(agency, None, &rule, (one, noon())).await.unwrap();
        assert_eq!(store.quiet_rules(agency).await.unwrap().len(), 2);
        for (id, is_own, by) in [(own, true, other), (own, false, one), (all, true, one)] {
            let ended = store.end_quiet_rule(agency, id, is_own, (by, noon())).await.unwrap();
            assert!(!ended, "it is another’s");
        }
        assert!(store.end_quiet_rule(agency, own, true, (one, noon())).await.unwrap());
        assert!(store.end_quiet_rule(agency, all, false, (other, noon())).await.unwrap());
        assert!(store.quiet_rules(agency).await.unwrap().is_empty());
    })
    .await;
}
