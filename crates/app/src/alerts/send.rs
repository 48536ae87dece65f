//! Sending what is to be told: each on its own way, tried again less and less often, and given up when it says nothing any more.

use std::sync::Arc;
use std::time::Duration;

use domain::telling::Channel;
use domain::{Priority, Timestamp};
use outbound::{Delivery, NotSent, PushMessage, Subscription, Urgency, WebhookSecret};
use store::{DueTelling, WhatNext};
use tokio::task::JoinSet;

use super::words::{self, Known};
use super::{Telling, plan};
use crate::App;
use crate::cards::Joins;
use crate::error::{BoxError, chain};
use crate::record::Leave;
use crate::use_cases::telling::KeptDevice;

/// Looked for in one round.
const AT_ONCE: u32 = 200;
/// Between the tries of a webhook; the last is repeated until a day is over.
const WEBHOOK_WAITS: [u64; 8] = [5, 30, 120, 600, 1800, 3600, 2 * 3600, 4 * 3600];
/// So long a webhook is tried.
const WEBHOOK_TRIED_FOR: Duration = Duration::from_secs(24 * 3600);
/// Between the tries of a push message; the last is repeated as long as the message says something.
const PUSH_WAITS: [u64; 4] = [5, 15, 60, 300];

/// Sends what is due and is not on its way already, and waits until that is done.
pub async fn send_tellings(app: &App, now: Timestamp) -> Result<(), BoxError> {
    let Some(telling) = &app.inner().telling else { return Ok(()) };
    let due = app.inner().store.due_tellings(now, AT_ONCE).await?;
    let mut under_way = JoinSet::new();
    for one in due.into_iter().filter(|one| telling.sets_out(one.id)) {
        let (app, places) = (app.clone(), Arc::clone(&telling.places));
        under_way.spawn(async move {
            let way = OnItsWay { app, due: one };
            // Closed never: it lasts as long as the server.
            let _place = places.acquire_owned().await;
            way.send().await
        });
    }
    let mut failed = None;
    while let Some(ended) = under_way.join_next().await {
        match ended {
            Ok(Ok(())) => {}
            Ok(Err(err)) => failed = Some(err),
            Err(err) => failed = Some(err.into()),
        }
    }
    failed.map_or(Ok(()), Err)
}

/// Something that is on its way: however it ends, it is not there any more afterwards.
struct OnItsWay {
    app: App,
    due: DueTelling,
}

impl Drop for OnItsWay {
    fn drop(&mut self) {
        if let Some(telling) = &self.app.inner().telling {
            telling.is_back(self.due.id);
        }
    }
}

impl OnItsWay {
    async fn send(&self) -> Result<(), BoxError> {
        let Some(telling) = &self.app.inner().telling else { return Ok(()) };
        let outcome = self.try_once(telling).await?;
        let now = self.app.now();
        let next = match &outcome {
            Ok(_) => WhatNext::Sent,
            Err(err) => what_next(&self.due, err, now),
        };
        let channel = self.due.channel.word();
        let (status, trouble) = match outcome {
            Ok(status) => (Some(status), String::new()),
            Err(err) => {
                metrics::counter!("plateglass_tellings_not_taken_total", "channel" => channel)
                    .increment(1);
                tracing::warn!(
                    telling = self.due.id.to_i64(),
                    channel,
                    error = chain(&err),
                    "an alert was not taken"
                );
                (err.status(), chain(&err))
            }
        };
        let noted = (status, trouble.as_str());
        self.app.inner().store.telling_tried(&self.due, noted, next, now).await?;
        Ok(())
    }

    /// Sends it, on a thread that nobody waits for.
    async fn try_once(&self, telling: &Telling) -> Result<Result<u16, NotSent>, BoxError> {
        let due = &self.due;
        let about = about(due);
        let Some(opened) = about.and_then(|about| telling.sealer.open(about, &due.sealed)) else {
            return Ok(Err(NotSent::Keys));
        };
        let (says, now) = (self.says().await?, self.app.now());
        let now_s = now.micros().div_euclid(1_000_000);
        if due.channel == Channel::Webhook {
            let Some(secret) = WebhookSecret::from_kept(&opened) else {
                return Ok(Err(NotSent::Keys));
            };
            let (webhooks, url) = (telling.webhooks.clone(), due.url.clone().unwrap_or_default());
            let what = Delivery { id: due.uid.clone(), at_s: now_s, body: says };
            let sent = tokio::task::spawn_blocking(move || webhooks.send(&url, &what, &secret));
            return Ok(sent.await?);
        }
        let kept = serde_json::from_slice::<KeptDevice>(&opened).ok();
        let to =
            kept.and_then(|kept| Subscription::read(&kept.endpoint, &kept.key, &kept.auth).ok());
        let Some(to) = to else { return Ok(Err(NotSent::Keys)) };
        let message = self.message(says, now);
        let (pusher, chance) = (Arc::clone(&telling.pusher), &self.app.inner().chance);
        let (seed, mut salt) = (chance.bits_256(), [0; 16]);
        chance.fill(&mut salt);
        let now_s = u64::try_from(now_s).unwrap_or_default();
        let sent =
            tokio::task::spawn_blocking(move || pusher.send(&to, &message, (&seed, &salt), now_s));
        Ok(sent.await?)
    }

    fn message(&self, says: String, now: Timestamp) -> PushMessage {
        let due = &self.due;
        let left = lives(due.priority).saturating_sub(now.since(due.tried_from));
        let topic: String = due.link.as_deref().unwrap_or("test").chars().take(32).collect();
        PushMessage { says, lives: left, urgency: urgency(due.priority, is_update(due)), topic }
    }

    /// What it says, as far as the bundle permits now.
    async fn says(&self) -> Result<String, BoxError> {
        let due = &self.due;
        if due.hit.is_none() {
            return Ok(match due.channel {
                Channel::Webhook => words::webhook(&due.uid, due.tried_from, None),
                _ => words::push_test(),
            });
        }
        let known = self.known().await?;
        let (code, is_update) = (due.link.as_deref().unwrap_or_default(), is_update(due));
        Ok(if due.channel == Channel::Webhook {
            let address = plan::address(&self.app, code);
            let hit = (due.priority, is_update, &known, address.as_str());
            words::webhook(&due.uid, due.tried_from, Some(hit))
        } else {
            words::push(due.priority, is_update, &known, code)
        })
    }

    /// What of the hit may be said over this way. A read that is no more is not spoken of.
    async fn known(&self) -> Result<Known, BoxError> {
        let (app, due) = (&self.app, &self.due);
        let Some(policy) = app.policy(due.agency) else { return Ok(Known::default()) };
        let settings = &policy.bundle.settings().telling;
        let mut known = Known { category: due.category, ..Known::default() };
        if let Some((hit, _)) = due.hit.filter(|_| words::asks_for_read(due.channel, settings)) {
            let leave = Leave::of_server(due.agency, app.now());
            let permit = super::hits_permit(due.agency, app.now())?;
            let hits = app.inner().store.hits_by_ids(&permit, &[hit]).await?;
            let cards = Joins::load(app, &leave).await?.hit_cards(app, &leave, &hits).await?;
            if let Some(card) = cards.into_iter().next() {
                known.camera = Some(card.camera_name);
                known.plate = Some((*card.plate.expose()).to_owned());
            }
        }
        Ok(words::permitted(known, due.channel, settings))
    }
}

/// About what its secret was sealed.
fn about(due: &DueTelling) -> Option<&'static str> {
    match due.channel {
        Channel::Push => Some(crate::use_cases::telling::DEVICE_SECRET),
        Channel::Webhook => Some(crate::use_cases::telling::WEBHOOK_SECRET),
        Channel::Console | Channel::Mail => None,
    }
}

/// Whether it is about a vehicle that was told of before.
fn is_update(due: &DueTelling) -> bool {
    due.hit.is_some_and(|(hit, first)| hit != first)
}

/// For how long a push message says something: a device that comes back later is not told of what has passed.
const fn lives(priority: Priority) -> Duration {
    Duration::from_secs(match priority {
        Priority::High => 4 * 3600,
        Priority::Normal => 3600,
        Priority::Low => 1800,
    })
}

/// A repeat is quieter by one step.
const fn urgency(priority: Priority, is_update: bool) -> Urgency {
    match (priority, is_update) {
        (Priority::High, false) => Urgency::High,
        (Priority::High, true) | (Priority::Normal, false) => Urgency::Normal,
        (Priority::Normal, true) | (Priority::Low, _) => Urgency::Low,
    }
}

/// What becomes of something that was not taken.
fn what_next(due: &DueTelling, err: &NotSent, now: Timestamp) -> WhatNext {
    let is_push = due.channel == Channel::Push;
    let asked = match err {
        NotSent::Nowhere(_) | NotSent::Keys => return WhatNext::GiveUp,
        NotSent::Gone { .. } if is_push => return WhatNext::DeviceGone,
        // 410 is how a program says that it is to be left alone; one that was not found may be put right within the day.
        NotSent::Gone { status: 410 } => return WhatNext::GiveUp,
        NotSent::Refused { .. } if is_push => return WhatNext::GiveUp,
        NotSent::NotNow { retry_after, .. } => retry_after.unwrap_or_default(),
        NotSent::Gone { .. } | NotSent::Refused { .. } | NotSent::Unreachable { .. } => {
            Duration::ZERO
        }
    };
    let (waits, tried_for): (&[u64], _) = if is_push {
        (&PUSH_WAITS, lives(due.priority))
    } else {
        (&WEBHOOK_WAITS, WEBHOOK_TRIED_FOR)
    };
    let nth = (due.n_tries as usize).min(waits.len() - 1);
    let wait = waits.get(nth).copied().map(Duration::from_secs).unwrap_or_default();
    let next = now.plus(wait.max(asked));
    if next < due.tried_from.plus(tried_for) { WhatNext::TryAt(next) } else { WhatNext::GiveUp }
}

#[cfg(test)]
mod tests {
    use domain::{AgencyId, HitId, TellingId};

    use super::*;

    fn due(channel: Channel, n_tries: u32) -> DueTelling {
        DueTelling {
            id: TellingId::from_i64(1),
            agency: AgencyId::from_i64(1),
            uid: "msg_1".to_owned(),
            channel,
            hit: Some((HitId::from_i64(1), HitId::from_i64(1))),
            priority: Priority::Normal,
            category: None,
            device: None,
            webhook: None,
            tried_from: Timestamp::from_micros(0),
            n_tries,
            link: None,
            url: None,
            sealed: Vec::new(),
        }
    }

    fn tries(channel: Channel, err: &NotSent) -> (u32, Duration) {
        let (mut now, mut n_tries, mut waited) = (Timestamp::from_micros(0), 0, Duration::ZERO);
        while let WhatNext::TryAt(next) = what_next(&due(channel, n_tries), err, now) {
            assert!(next.since(now) >= waited, "waits grow");
            (waited, now, n_tries) = (next.since(now), next, n_tries + 1);
        }
        (n_tries, now.since(Timestamp::from_micros(0)))
    }

    #[test]
    fn a_webhook_is_tried_less_and_less_often_for_a_day_and_a_push_message_while_it_says_something()
    {
        let broken = NotSent::NotNow { status: 500, retry_after: None };
        let (n_tries, for_long) = tries(Channel::Webhook, &broken);
        assert!((8..=14).contains(&n_tries), "{n_tries}");
        assert!(for_long > Duration::from_secs(18 * 3600) && for_long < WEBHOOK_TRIED_FOR);
        let (n_tries, for_long) = tries(Channel::Push, &broken);
        assert!((10..=16).contains(&n_tries), "{n_tries}");
        assert!(for_long < lives(Priority::Normal));
    }

    #[test]
    fn what_is_gone_or_refused_for_good_is_not_tried_again() {
        let now = Timestamp::from_micros(0);
        let next = |channel, err| what_next(&due(channel, 0), &err, now);
        assert_eq!(next(Channel::Push, NotSent::Gone { status: 404 }), WhatNext::DeviceGone);
        assert_eq!(next(Channel::Push, NotSent::Refused { status: 403 }), WhatNext::GiveUp);
        assert_eq!(next(Channel::Webhook, NotSent::Gone { status: 410 }), WhatNext::GiveUp);
        assert_eq!(next(Channel::Webhook, NotSent::Keys), WhatNext::GiveUp);
        let later = Duration::from_secs(5);
        let soon = WhatNext::TryAt(now.plus(later));
        assert_eq!(next(Channel::Webhook, NotSent::Gone { status: 404 }), soon);
        assert_eq!(next(Channel::Webhook, NotSent::Refused { status: 401 }), soon);
        let asked = NotSent::NotNow { status: 429, retry_after: Some(Duration::from_secs(90)) };
        assert_eq!(next(Channel::Push, asked), WhatNext::TryAt(now.plus(Duration::from_secs(90))));
    }

    #[test]
    fn a_repeat_is_quieter() {
        for priority in Priority::ALL {
            let step = |is_update| urgency(priority, is_update) as u8;
            assert!(step(true) < step(false) || priority == Priority::Low);
        }
    }
}
