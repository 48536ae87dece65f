//! How hits are told: by push messages that only the browser reads, by webhooks whose receiver checks who says so, by mail to a real
//! server; how repeats are counted, and what is kept quiet.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they expected by panicking"
)]

mod browser;
mod groups;
mod outside;
mod quiet;

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use app::telling::{NewWebhookSaid, add_webhook};
use app::{
    App, Ctx, HitsAsk, IncomingRead, TellingConfig, add_camera, list_hits, send_tellings,
    take_reads, tell_hits,
};
use domain::{CameraId, Category, HitId, Mounting, NewCamera};
use testkit::house::read;
use testkit::{House, Receiver};

/// What is wanted in every test.
const PLATE: &str = "7ABC123";

/// A house that may tell these receivers, with its plate wanted.
async fn house(receivers: &[&Receiver], category: Category) -> House {
    let private_hosts = receivers.iter().map(|one| format!("127.0.0.1:{}", one.port)).collect();
    let telling = TellingConfig { private_hosts, ..TellingConfig::default() };
    let house = House::with(|config| config.telling = telling).await;
    house.want(category, &[PLATE]).await;
    house
}

/// A camera beside the house's own.
async fn another_camera(house: &House) -> (CameraId, Ctx) {
    let about = NewCamera {
        name: "Congress / 6th".to_owned(),
        mounting: Mounting::Trailer,
        site: "Congress Ave at E 6th St".to_owned(),
        heading_deg: None,
        position: None,
    };
    let added = add_camera(&house.app, &house.admin(), about).await.unwrap();
    (added.camera.id, Ctx::camera(house.agency, added.camera.id, house.app.now()))
}

/// The plate passes the house's camera; the hit that it raises, told of.
async fn passes(house: &House, event: &str) -> HitId {
    passes_at(house, house.camera, &house.camera(), event).await
}

async fn passes_at(house: &House, camera: CameraId, ctx: &Ctx, event: &str) -> HitId {
    is_read(house, ctx, read(camera, event, PLATE, None)).await
}

/// A read is taken; the hit that it raises, told of.
async fn is_read(house: &House, ctx: &Ctx, sent: IncomingRead) -> HitId {
    let before = newest(house).await;
    assert_eq!(take_reads(&house.app, ctx, vec![sent]).await.unwrap()[0].n_hits, 1);
    loop {
        let now = newest(house).await;
        if now > before {
            // The relay may still be at it: this waits for its turn.
            tell_hits(&house.app, house.agency, house.app.now()).await.unwrap();
            return now.unwrap();
        }
        tokio::task::yield_now().await;
    }
}

async fn newest(house: &House) -> Option<HitId> {
    let hits = list_hits(&house.app, &house.admin(), HitsAsk::default()).await.unwrap();
    hits.items.first().map(|hit| hit.id)
}

/// Sends what is due now.
async fn send(app: &App) {
    send_tellings(app, app.now()).await.unwrap();
}

/// Time passes, then what is due is sent.
async fn later(house: &House, seconds: u64) {
    house.clock.pass(Duration::from_secs(seconds));
    send(&house.app).await;
}

/// A webhook there; its secret.
async fn hooked(house: &House, receiver: &Receiver) -> String {
    let said = NewWebhookSaid {
        name: "CAD".to_owned(),
        url: receiver.url("/hook"),
        at_least: "low".to_owned(),
    };
    let added = add_webhook(&house.app, &house.admin(), &said).await.unwrap();
    added.secret.to_string()
}

/// Ids that came already: a receiver knows by them what is sent again.
#[derive(Default)]
struct Seen(Mutex<VecDeque<String>>);

impl Seen {
    fn is_new(&self, id: &str) -> bool {
        let mut seen = self.0.lock().unwrap();
        let is_new = !seen.iter().any(|one| one == id);
        seen.push_back(id.to_owned());
        is_new
    }
}
