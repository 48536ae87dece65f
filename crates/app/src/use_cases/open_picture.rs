//! A picture of a read.

use bytes::Bytes;
use domain::access::OpenPicture;
use domain::{DayKeys as _, KeyError, PictureKind, ReadRef};

use crate::{App, AskError, Ctx};

/// Opens a picture: the bytes of a JPEG.
pub async fn open_picture(
    app: &App,
    ctx: &Ctx,
    read: ReadRef,
    kind: PictureKind,
) -> Result<Bytes, AskError> {
    let permit = ctx.permit::<OpenPicture>()?;
    let none = || AskError::not_found("picture of read", read);
    let inner = app.inner();
    let pictures = inner.store.pictures(&permit, read).await;
    let pictures = pictures.map_err(AskError::failed("look up the picture"))?.ok_or_else(none)?;
    let place = match kind {
        PictureKind::Plate => pictures.plate,
        PictureKind::Vehicle => pictures.vehicle,
    };
    let place = place.ok_or_else(none)?;
    let key = match inner.keys.existing(read.agency, read.day) {
        Ok(key) => key,
        Err(KeyError::Missing { .. }) => return Err(none()),
        Err(err) => return Err(AskError::failed("open the picture's key")(err)),
    };
    let opened = inner.vault.open_picture(&permit, read, kind, place, &key).await;
    opened.map_err(AskError::failed("open the picture"))
}
