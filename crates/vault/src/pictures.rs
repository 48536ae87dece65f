//! The vault: pictures, sealed, one object a batch.

use std::sync::Arc;

use bytes::Bytes;
use camino::Utf8Path;
use domain::access::OpenPicture;
use domain::{AgencyId, Day, DayKey, Permit, PictureKind, PictureRef, ReadId, ReadRef, SubKey};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutPayload};
use tokio_stream::StreamExt as _;

use crate::{Chance, VaultError, disk, sealed};

/// A picture to be kept.
#[derive(Clone)]
pub struct PictureToKeep {
    /// Whose picture.
    pub read: ReadId,
    /// Which of the read's pictures.
    pub kind: PictureKind,
    /// JPEG.
    pub jpeg: Bytes,
}

impl std::fmt::Debug for PictureToKeep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PictureToKeep({} of {}, {} bytes)", self.kind.word(), self.read, self.jpeg.len())
    }
}

/// Pictures on disk, each sealed under its day's key.
#[derive(Clone)]
pub struct Vault {
    objects: Arc<dyn ObjectStore>,
    chance: Chance,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault({})", self.objects)
    }
}

impl Vault {
    /// The vault in `dir`, made where there is none.
    pub fn open(dir: &Utf8Path, chance: Chance) -> Result<Self, VaultError> {
        disk::make_dir(dir)?;
        let objects = LocalFileSystem::new_with_prefix(dir)
            .map_err(|source| VaultError::Object { doing: "open the vault", source })?
            // Not its default: without it a picture is in the page cache only.
            .with_fsync(true)
            .with_automatic_cleanup(true);
        Ok(Self { objects: Arc::new(objects), chance })
    }

    /// Keeps the pictures of a batch as one object, named by one of its reads. They are on disk, file and directory, on
    /// return; the answer says where each is, in their order. An object that is there already is not overwritten.
    pub async fn put_batch(
        &self,
        agency: AgencyId,
        day: Day,
        key: &DayKey,
        object: ReadId,
        pictures: Vec<PictureToKeep>,
    ) -> Result<Vec<PictureRef>, VaultError> {
        if pictures.is_empty() {
            return Ok(Vec::new());
        }
        let (key, chance) = (key.for_use("pictures"), Arc::clone(&self.chance));
        // Megabytes take milliseconds: not on a thread that answers requests.
        let sealing = tokio::task::spawn_blocking(move || {
            seal_all(agency, day, &key, object, &pictures, &chance)
        });
        let (payload, places) = sealing.await.map_err(VaultError::Task)??;
        self.objects
            .put_opts(&path_of(agency, day, object), payload, PutMode::Create.into())
            .await
            .map_err(|source| VaultError::Object { doing: "keep a batch's pictures", source })?;
        Ok(places)
    }

    /// Opens a picture: JPEG, exactly as it was kept.
    pub async fn open_picture(
        &self,
        permit: &Permit<OpenPicture>,
        at: ReadRef,
        kind: PictureKind,
        place: PictureRef,
        key: &DayKey,
    ) -> Result<Bytes, VaultError> {
        if permit.agency() != at.agency {
            return Err(VaultError::OtherAgency);
        }
        let changed = || VaultError::NotThePicture { read: at, kind };
        let from = u64::from(place.offset);
        let range = from..from + u64::from(place.length);
        let sealed =
            match self.objects.get_range(&path_of(at.agency, at.day, place.object), range).await {
                // The object is there, and shorter than it was.
                Err(object_store::Error::Generic { .. }) => return Err(changed()),
                done => {
                    done.map_err(|source| VaultError::Object { doing: "open a picture", source })?
                }
            };
        let about = about(at.agency, at.day, at.id, kind);
        let clear =
            sealed::open(key.for_use("pictures").expose(), &about, &sealed).ok_or_else(changed)?;
        Ok(Bytes::copy_from_slice(&clear))
    }

    /// Deletes every picture of an agency's day.
    pub async fn delete_day(&self, agency: AgencyId, day: Day) -> Result<(), VaultError> {
        let failed = |source| VaultError::Object { doing: "delete a day's pictures", source };
        let mut objects = self.objects.list(Some(&folder_of(agency, day)));
        let mut paths = Vec::new();
        while let Some(object) = objects.next().await {
            paths.push(object.map_err(failed)?.location);
        }
        for path in paths {
            self.objects.delete(&path).await.map_err(failed)?;
        }
        Ok(())
    }
}

/// Seals each picture; all of them one after the other, and where each is.
fn seal_all(
    agency: AgencyId,
    day: Day,
    key: &SubKey,
    object: ReadId,
    pictures: &[PictureToKeep],
    chance: &Chance,
) -> Result<(PutPayload, Vec<PictureRef>), VaultError> {
    let n_bytes = pictures.iter().map(|picture| picture.jpeg.len() + sealed::OVERHEAD_BYTES).sum();
    let number = |n: usize| u32::try_from(n).map_err(|_| VaultError::TooLarge { n_bytes });
    number(n_bytes)?;
    let mut places = Vec::with_capacity(pictures.len());
    let mut parts = Vec::with_capacity(pictures.len());
    let mut offset = 0;
    for picture in pictures {
        let about = about(agency, day, picture.read, picture.kind);
        let part = sealed::seal(key.expose(), &about, &picture.jpeg, chance);
        places.push(PictureRef { object, offset: number(offset)?, length: number(part.len())? });
        offset += part.len();
        parts.push(Bytes::from(part));
    }
    Ok((parts.into_iter().collect(), places))
}

/// What a sealed picture is bound to: put anywhere else, it does not open.
fn about(agency: AgencyId, day: Day, read: ReadId, kind: PictureKind) -> Vec<u8> {
    format!("plateglass picture|{agency}|{day}|{read}|{}", kind.word()).into_bytes()
}

fn folder_of(agency: AgencyId, day: Day) -> Path {
    Path::from_iter(["agency".to_owned(), agency.to_string(), day.to_string()])
}

fn path_of(agency: AgencyId, day: Day, object: ReadId) -> Path {
    folder_of(agency, day).join(format!("{object}.pics"))
}
