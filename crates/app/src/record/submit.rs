//! Leave for cameras to hand in what they read.

use domain::access::SubmitReads;
use domain::{Action as _, Actor, AskedSignOff, Reason, Refusal};

use super::Ctx;
use super::act::About;
use super::judge::Grounds;
use crate::use_cases::add_camera::reload_keys;
use crate::{App, AskError, TakeError};

impl App {
    /// Leave for a camera to hand in reads, which are written down as the batch that they are committed with. One that waits
    /// for its sign-offs has none (`AUS-344.3.2c`).
    pub(crate) async fn permit_to_submit(&self, ctx: &Ctx) -> Result<(), TakeError> {
        let about = About::nothing_yet();
        let permit = self.permit_or_record::<SubmitReads>(ctx, &about).await;
        let permit = match permit {
            Ok(_) => self.signed_off_or_record(ctx, &about).await,
            Err(err) => Err(err),
        };
        permit.map_err(|err| match err {
            AskError::Refused(refusal) => TakeError::Refused(refusal),
            err => TakeError::Failed { doing: "write down a refusal", err: err.into() },
        })
    }

    async fn signed_off_or_record(&self, ctx: &Ctx, about: &About) -> Result<(), AskError> {
        let Actor::Camera(_, camera) = ctx.actor else { return Ok(()) };
        let cameras = &self.inner().cameras;
        if !cameras.knows(camera) {
            reload_keys(self).await?;
        }
        let missing = cameras.waits_for(camera);
        if missing.is_empty() {
            return Ok(());
        }
        let refusal = not_signed_off(&missing);
        metrics::counter!("plateglass_refusals_total", "action" => refusal.action).increment(1);
        self.refused(ctx, &refusal, &Grounds::built_in(), about).await?;
        Err(AskError::Refused(refusal))
    }
}

/// Why a camera may not hand in reads yet.
fn not_signed_off(missing: &[AskedSignOff]) -> Refusal {
    let labels: Vec<&str> = missing.iter().map(|one| one.label.as_str()).collect();
    let says = format!(
        "this camera may not be used yet: that its place is fair has to be signed off on the camera's page by: {}",
        labels.join(", ")
    );
    let clause = missing.iter().find_map(|one| one.clause.clone());
    let reasons = vec![Reason::of_policy("not-signed-off".to_owned(), clause, says)];
    Refusal { action: SubmitReads::WORD, reasons }
}
