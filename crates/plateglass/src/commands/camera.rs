//! `plateglass camera`

use anyhow::{Context as _, Result};
use app::{add_camera, list_cameras};
use domain::{AskedSignOff, Mounting, NewCamera, Position};

use super::Whose;

/// Cameras.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum CameraCommand {
    /// Add a camera and print its key, this once.
    Add {
        #[command(flatten)]
        whose: Whose,
        /// What people call it.
        name: String,
        /// Street address or description of the place.
        #[arg(long)]
        site: String,
        /// fixed, trailer or vehicle.
        #[arg(long, default_value = "fixed")]
        mounting: String,
        /// Where it looks, degrees clockwise from north.
        #[arg(long)]
        heading_deg: Option<u16>,
        /// Degrees north and east, such as 30.2698,-97.7531.
        #[arg(long, allow_hyphen_values = true)]
        position: Option<String>,
    },
    /// List the cameras.
    List {
        #[command(flatten)]
        whose: Whose,
    },
}

/// Adds or lists.
#[expect(clippy::print_stdout, reason = "what the command was asked for")]
pub(crate) fn run(command: CameraCommand) -> Result<()> {
    match command {
        CameraCommand::Add { whose, name, site, mounting, heading_deg, position } => {
            let mounting = Mounting::parse(&mounting)
                .context("--mounting: expected fixed, trailer or vehicle")?;
            let position = position.as_deref().map(position_of).transpose()?;
            let about = NewCamera { name, mounting, site, heading_deg, position };
            whose.with_agency(async |app, ctx| {
                let added = add_camera(app, &ctx, about).await?;
                println!("camera {}\nkey {}", added.camera.id, added.key.expose());
                if !added.waits_for.is_empty() {
                    println!("it hands in nothing yet: it {}", waits(&added.waits_for));
                }
                Ok(())
            })
        }
        CameraCommand::List { whose } => whose.with_agency(async |app, ctx| {
            for row in list_cameras(app, &ctx).await? {
                let camera = &row.camera;
                let seen =
                    camera.last_seen_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
                let state = match (&camera.disabled_at, row.waits_for.is_empty()) {
                    (Some(_), _) => "disabled".to_owned(),
                    (None, true) => "in use".to_owned(),
                    (None, false) => waits(&row.waits_for),
                };
                println!("{}\t{}\t{state}\tlast heard of {seen}", camera.id, camera.about.name);
            }
            Ok(())
        }),
    }
}

/// What a camera waits for before it may be used.
fn waits(missing: &[AskedSignOff]) -> String {
    let units: Vec<&str> = missing.iter().map(|one| one.label.as_str()).collect();
    format!("waits for the sign-off of: {}", units.join(", "))
}

fn position_of(text: &str) -> Result<Position> {
    let parts = text
        .split_once(',')
        .and_then(|(north, east)| Some((north.trim().parse().ok()?, east.trim().parse().ok()?)));
    let (latitude, longitude) =
        parts.context("--position: expected degrees north and east, such as 30.2698,-97.7531")?;
    Ok(Position { latitude, longitude })
}
