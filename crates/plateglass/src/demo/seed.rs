//! What the demo begins with: an agency, six cameras, a hotlist. What is there already stays.

use std::fmt::Write as _;
use std::io::Cursor;

use anyhow::{Context as _, Result};
use app::people::{Inviting, by_login, first_person};
use app::sign_in::{Door, demo_link, session, sign_out, with_demo_link};
use app::{
    App, Column, Columns, Ctx, ImportAsk, Layout, NewHotlist, add_camera, create_hotlist,
    import_hotlist, list_cameras, list_hotlists, sign_off_camera,
};
use domain::{AgencyId, CameraId, Category, Mounting, NewCamera, PersonId, Position, Role};

use super::pictures::DemoPicture;
use crate::commands::person::train;

const AGENCY: &str = "Example Police Department";
const LIST: &str = "Example stolen vehicles";
/// One in so many of the demo's plates is wanted: a hit now and then.
const WANTED_EVERY: usize = 4;
/// Of one's own pictures, so many are read to find plates for the list.
const LOOKED_AT_MAX: usize = 8;
/// Cameras of one's own pictures.
const N_CAMERAS: usize = 6;
const HEADINGS_DEG: [u16; N_CAMERAS] = [0, 90, 180, 270, 45, 225];

/// The demo's made-up person, with every role that goes together.
const LOGIN: &str = "demo";
const NAME: &str = "R. Ortiz";

/// The demo's cameras.
pub(crate) struct DemoCameras {
    /// Somebody to look at it all.
    pub(crate) person: PersonId,
    agency: AgencyId,
    cameras: Vec<(String, CameraId)>,
}

impl DemoCameras {
    /// The circumstances in which the camera of a picture hands it in.
    pub(crate) fn of(&self, app: &App, nth: usize, picture: &DemoPicture) -> Option<Ctx> {
        let named = |name: &str| self.cameras.iter().find(|(have, _)| have == &title(name));
        let camera = match &picture.camera {
            Some(name) => named(name),
            None => self.cameras.get(nth % self.cameras.len().max(1)),
        };
        camera.map(|(_, camera)| Ctx::camera(self.agency, *camera, app.now()))
    }
}

/// Makes what is missing.
pub(crate) async fn seed(app: &App, pictures: &[DemoPicture]) -> Result<DemoCameras> {
    let there = app.agencies().await?;
    let agency = match there.first() {
        Some((agency, _)) => *agency,
        None => app.add_agency(AGENCY, Some("TX0000000")).await?,
    };
    let policy = crate::commands::policy::files("example".into())?;
    app.begin_policy(agency, &policy, "America/Chicago").await?;
    let ctx = Ctx::command(agency, app.now());
    let person = seed_person(app, &ctx).await?;
    let cameras = seed_cameras(app, &ctx, pictures).await?;
    seed_sign_offs(app, &ctx, person).await?;
    if list_hotlists(app, &ctx).await?.is_empty() {
        seed_list(app, &ctx, pictures).await?;
    }
    Ok(DemoCameras { person, agency, cameras })
}

async fn seed_person(app: &App, ctx: &Ctx) -> Result<PersonId> {
    if let Some(there) = by_login(app, ctx, LOGIN).await? {
        return Ok(there);
    }
    let who = Inviting {
        login: LOGIN.to_owned(),
        name: NAME.to_owned(),
        email: String::new(),
        is_outside: false,
        is_temporary: false,
    };
    let roles: Vec<Role> =
        Role::ALL.into_iter().filter(|role| *role != Role::ExternalAuditor).collect();
    let person = first_person(app, ctx.agency, who, &roles, "made up for the demo").await?.person;
    train(app, ctx, person, "reader".to_owned(), None).await?;
    Ok(person)
}

async fn seed_cameras(
    app: &App,
    ctx: &Ctx,
    pictures: &[DemoPicture],
) -> Result<Vec<(String, CameraId)>> {
    let mut names: Vec<String> =
        pictures.iter().filter_map(|picture| picture.camera.as_deref().map(title)).collect();
    names.sort();
    names.dedup();
    if names.is_empty() {
        names = (1..=N_CAMERAS).map(|n| format!("Camera {n}")).collect();
    }
    let there = list_cameras(app, ctx).await?;
    let mut cameras = Vec::new();
    for (nth, name) in names.into_iter().enumerate() {
        let known = there.iter().find(|row| row.camera.about.name == name);
        let id = match known {
            Some(row) => row.camera.id,
            None => add_camera(app, ctx, about(&name, nth)).await?.camera.id,
        };
        cameras.push((name, id));
    }
    Ok(cameras)
}

/// The made-up person signs off what the cameras wait for: they were added by the program.
async fn seed_sign_offs(app: &App, ctx: &Ctx, person: PersonId) -> Result<()> {
    let waiting: Vec<_> = list_cameras(app, ctx).await?;
    let waiting: Vec<_> = waiting.iter().filter(|row| !row.waits_for.is_empty()).collect();
    if waiting.is_empty() {
        return Ok(());
    }
    let door = Door { address: None, browser: "made up for the demo".to_owned(), device: None };
    let token = with_demo_link(app, &demo_link(app, person).await?, &door).await?;
    let signer = session(app, &token, app.now()).await?.context("the session has just begun")?;
    for row in waiting {
        for asked in &row.waits_for {
            let note = "made up for the demo";
            sign_off_camera(app, &signer, row.camera.id, &asked.unit, note).await?;
        }
    }
    sign_out(app, &signer, &token).await.context("failed to end the session")
}

fn about(name: &str, nth: usize) -> NewCamera {
    #[expect(clippy::cast_precision_loss, reason = "six cameras")]
    let apart = nth as f64 * 0.004;
    NewCamera {
        name: name.to_owned(),
        mounting: Mounting::Fixed,
        site: format!("{name}, generated for the demo"),
        heading_deg: HEADINGS_DEG.get(nth % N_CAMERAS).copied(),
        position: Some(Position { latitude: 30.2672 + apart, longitude: -97.7431 - apart }),
    }
}

/// `oak-street-north` as people write it.
fn title(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    name.split(['-', '_']).map(word).collect::<Vec<_>>().join(" ")
}

async fn seed_list(app: &App, ctx: &Ctx, pictures: &[DemoPicture]) -> Result<()> {
    let known: Vec<String> = pictures.iter().flat_map(|picture| picture.plates.clone()).collect();
    let plates = if known.is_empty() { read_some(pictures) } else { known };
    let mut csv = String::from("plate,make,model,colour,year,reference,note\n");
    for (n, plate) in plates.iter().step_by(WANTED_EVERY).enumerate() {
        writeln!(csv, "{plate},,,,,DEMO-{:04},An example; nobody looks for this vehicle", n + 1)?;
    }
    let about = NewHotlist {
        name: LIST.to_owned(),
        source: "made up for the demo".to_owned(),
        category: Category::StolenVehicle,
    };
    let list = create_hotlist(app, ctx, about).await?;
    let column = |name: &str| Column::Name(name.to_owned());
    let columns = Columns {
        reference: Some(column("reference")),
        note: Some(column("note")),
        ..Columns::of_plate(column("plate"))
    };
    let layout = Some(Layout { columns, ..Layout::plain(column("plate")) });
    let size_bytes = u64::try_from(csv.len()).ok();
    let ask = ImportAsk { layout, dry_run: false, file_name: "demo.csv".to_owned(), size_bytes };
    let imported = import_hotlist(app, ctx, list.id, Box::new(Cursor::new(csv)), ask).await;
    imported.map(drop).context("failed to make the example hotlist")
}

/// Plates of one's own pictures: some are put on the list, so that there is something to see.
fn read_some(pictures: &[DemoPicture]) -> Vec<String> {
    let Ok(models) = vision::Recogniser::shipped() else { return Vec::new() };
    let recogniser = app::recognise::with_models(models, app::recognise::CONFIDENCE_MIN);
    let looked_at =
        pictures.iter().take(LOOKED_AT_MAX).filter_map(|picture| std::fs::read(&picture.path).ok());
    let seen = looked_at.filter_map(|bytes| recogniser.look(&bytes).ok()).flatten();
    seen.map(|seen| String::from(&*seen.plate.expose())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cameras_are_named_as_people_write_them() {
        assert_eq!(title("oak-street-north"), "Oak Street North");
        assert_eq!(title(""), "");
    }
}
