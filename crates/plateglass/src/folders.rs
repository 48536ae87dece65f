//! Watched folders: each picture goes the way of every frame.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use app::{App, Ctx, TakeError, camera_named, chain, take_frame};
use capture::{Picture, Verdict};
use domain::AgencyId;
use sha2::{Digest as _, Sha256};

use crate::config::Config;

/// Begins to watch every folder of the configuration.
pub(crate) async fn watch(app: &App, config: &Config) -> Result<()> {
    let agencies: HashMap<String, AgencyId> =
        app.agencies().await?.into_iter().map(|(id, name)| (name, id)).collect();
    for (agency, folder) in config.watched() {
        let agency =
            *agencies.get(&agency).with_context(|| format!("no agency is named \"{agency}\""))?;
        let watcher = app.clone();
        tracing::info!(path = %folder.path, "watching a folder");
        app.spawn_until_closing("folder", async move {
            let taking = |picture: Picture| {
                let app = watcher.clone();
                async move { take(&app, agency, picture).await }
            };
            folder.watch(taking).await;
        });
    }
    Ok(())
}

/// Takes a delivered picture. Its content is its event's id: the same file again changes nothing.
async fn take(app: &App, agency: AgencyId, picture: Picture) -> Verdict {
    let camera = match camera_named(app, agency, &picture.camera).await {
        Ok(Some(camera)) => camera,
        Ok(None) => {
            return Verdict::Broken(format!("no camera in use is named \"{}\"", picture.camera));
        }
        Err(err) => {
            tracing::warn!(error = chain(&err), "failed to look up a folder's camera");
            return Verdict::Later;
        }
    };
    let digest: String =
        Sha256::digest(&picture.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let ctx = Ctx::camera(agency, camera, app.now());
    let event = Some(format!("plateglass-file:{digest}"));
    let taken = take_frame(app, &ctx, picture.bytes.into(), Some(picture.written_at), event).await;
    match taken {
        Ok(_) => Verdict::Done,
        Err(err @ TakeError::Picture(_)) => Verdict::Broken(chain(&err)),
        Err(err) => {
            tracing::warn!(error = chain(&err), "failed to take a delivered picture; trying again");
            Verdict::Later
        }
    }
}
