//! A picture of a read.

use bytes::Bytes;
use domain::{PictureKind, ReadRef};

use crate::error::NotYet;
use crate::{App, AskError, Ctx};

/// Opens a picture: the bytes of a JPEG.
pub async fn open_picture(
    _app: &App,
    _ctx: &Ctx,
    _read: ReadRef,
    _kind: PictureKind,
) -> Result<Bytes, AskError> {
    Err(AskError::failed("open the picture")(NotYet))
}
