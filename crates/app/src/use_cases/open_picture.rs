//! A picture of a read.

use bytes::Bytes;
use domain::access::OpenPicture;
use domain::{DayKey, DayKeys as _, KeyError, Permit, PictureKind, ReadRef};

use crate::cards::read_at;
use crate::protected::touching;
use crate::record::About;
use crate::{App, AskError, Ctx};

/// Opens a picture: the bytes of a JPEG.
pub async fn open_picture(
    app: &App,
    ctx: &Ctx,
    read: ReadRef,
    kind: PictureKind,
) -> Result<Bytes, AskError> {
    let name = format!("{} picture of read {read}", kind.word());
    // A picture in a live list belongs to the look that sent its read. A machine has no page in front of it: what its token was
    // made for decides.
    let by_token = ctx.person.as_ref().is_some_and(|signed_in| signed_in.token.is_some());
    let ctx = touching(app, ctx, read).await?;
    // The list may be older than a protected event: of what touches one the policy is asked each time.
    let is_protected = ctx.touches.as_ref().is_some_and(|fact| !fact.wanted);
    if !by_token
        && !is_protected
        && let Some(leave) = app.within_a_look(&ctx, &format!("read {read}"), &name).await
    {
        return fetch(app, &leave.permit()?, read, kind).await;
    }
    let mut act = app.begin::<OpenPicture>(&ctx, About::one("read", read)).await?;
    let jpeg = fetch(app, act.permit(), read, kind).await?;
    act.hands_out(jpeg.len());
    if let Some(stored) = read_at(app, act.leave(), read).await? {
        act.shows([stored.read.plate]);
    }
    act.done([name]);
    Ok(jpeg)
}

async fn fetch(
    app: &App,
    permit: &Permit<OpenPicture>,
    read: ReadRef,
    kind: PictureKind,
) -> Result<Bytes, AskError> {
    let inner = app.inner();
    // Looked for each time: with its key a picture is gone from this moment on.
    let key = match inner.keys.existing(read.agency, read.day) {
        Ok(key) => key,
        Err(KeyError::Missing { .. }) => return Err(none(read)),
        Err(err) => return Err(AskError::failed("open the picture's key")(err)),
    };
    // All consoles ask for a new hit's picture at once. What one agency may open is no other's.
    let asked = (permit.agency(), read, kind);
    inner.pictures.get(asked, open(app, permit, read, kind, &key)).await
}

async fn open(
    app: &App,
    permit: &Permit<OpenPicture>,
    read: ReadRef,
    kind: PictureKind,
    key: &DayKey,
) -> Result<Bytes, AskError> {
    let inner = app.inner();
    let pictures = inner.store.pictures(permit, read).await;
    let pictures =
        pictures.map_err(AskError::failed("look up the picture"))?.ok_or_else(|| none(read))?;
    let place = match kind {
        PictureKind::Plate => pictures.plate,
        PictureKind::Vehicle => pictures.vehicle,
    };
    let place = place.ok_or_else(|| none(read))?;
    let opened = inner.vault.open_picture(permit, read, kind, place, key).await;
    opened.map_err(AskError::failed("open the picture"))
}

fn none(read: ReadRef) -> AskError {
    AskError::not_found("picture of read", read)
}
