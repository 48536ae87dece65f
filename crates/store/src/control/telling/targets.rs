//! Where hits are told: people's devices and the agency's programs.

use domain::access::ManageTelling;
use domain::{AgencyId, DeviceId, Permit, PersonId, Priority, Timestamp, WebhookId};

use super::super::take_ids;
use crate::sql::{Row, args};
use crate::{Store, StoreError};

const ADD_DEVICE: &str = "INSERT INTO push_devices (id, agency, person, label, digest, sealed, added_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
/// A browser has one address: who adds it now has it, whoever had it before.
const TAKE_OVER: &str = "UPDATE push_devices SET ended_at = $2, ended_why = 'removed' WHERE digest = $1 AND ended_at IS NULL";
const DEVICE: &str = "id, person, label, sealed, added_at, last_taken_at";
const END_DEVICE: &str = "UPDATE push_devices SET ended_at = $3, ended_why = 'removed' \
    WHERE person = $1 AND id = $2 AND ended_at IS NULL";
const ADD_WEBHOOK: &str = "INSERT INTO webhooks (id, agency, name, url, at_least, sealed, added_by, added_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const WEBHOOKS: &str = "SELECT id, name, url, at_least, sealed, added_by, added_at FROM webhooks \
    WHERE agency = $1 AND ended_at IS NULL ORDER BY id";
const END_WEBHOOK: &str = "UPDATE webhooks SET ended_by = $3, ended_at = $4 \
    WHERE agency = $1 AND id = $2 AND ended_at IS NULL";
/// What waits for something that has ended is not tried any more.
const DROP_DEVICES: &str = "UPDATE tellings SET state = 'given-up', next_try_at = NULL, trouble = $2, done_at = $3 \
    WHERE device = $1 AND state = 'waiting'";
const DROP_WEBHOOKS: &str = "UPDATE tellings SET state = 'given-up', next_try_at = NULL, trouble = $2, done_at = $3 \
    WHERE webhook = $1 AND state = 'waiting'";

/// A device to add.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewDevice {
    /// Whose.
    pub person: PersonId,
    /// What they call it.
    pub label: String,
    /// The digest of its address.
    pub digest: [u8; 32],
    /// Its address and keys, sealed.
    pub sealed: Vec<u8>,
}

/// A device that takes push messages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeviceRow {
    /// Which.
    pub id: DeviceId,
    /// Whose.
    pub person: PersonId,
    /// What they call it.
    pub label: String,
    /// Its address and keys, sealed.
    pub sealed: Vec<u8>,
    /// When it was added.
    pub added_at: Timestamp,
    /// When a push service last took a message for it.
    pub last_taken_at: Option<Timestamp>,
}

/// A webhook to add.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewWebhook {
    /// What people call it.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// It is told of what is at least this loud.
    pub at_least: Priority,
    /// What it shares with us, sealed.
    pub sealed: Vec<u8>,
}

/// A webhook.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WebhookRow {
    /// Which.
    pub id: WebhookId,
    /// What was said when it was added.
    pub about: NewWebhook,
    /// Who added it.
    pub added_by: PersonId,
    /// When.
    pub added_at: Timestamp,
}

impl Store {
    /// Adds somebody's device.
    pub async fn add_device(
        &self,
        agency: AgencyId,
        new: &NewDevice,
        now: Timestamp,
    ) -> Result<DeviceId, StoreError> {
        let failed = || StoreError::sql("keep a device");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let digest = new.digest.as_slice();
        tx.execute(TAKE_OVER, args![digest, now]).await.map_err(failed())?;
        let id = take_ids(&mut tx, "push-device", 1).await.map_err(failed())?;
        let sealed = new.sealed.as_slice();
        let values = args![id, agency, new.person, new.label.as_str(), digest, sealed, now];
        tx.execute(ADD_DEVICE, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(DeviceId::from_i64(id))
    }

    /// The devices of an agency's people.
    pub async fn devices(&self, agency: AgencyId) -> Result<Vec<DeviceRow>, StoreError> {
        let text = format!(
            "SELECT {DEVICE} FROM push_devices WHERE agency = $1 AND ended_at IS NULL ORDER BY id"
        );
        let failed = || StoreError::sql("list devices");
        let rows = self.control().read.rows(text, args![agency]).await.map_err(failed())?;
        rows.iter().map(device).collect::<Result<_, _>>().map_err(failed())
    }

    /// One person's devices.
    pub async fn devices_of(&self, person: PersonId) -> Result<Vec<DeviceRow>, StoreError> {
        let text = format!(
            "SELECT {DEVICE} FROM push_devices WHERE person = $1 AND ended_at IS NULL ORDER BY id"
        );
        let failed = || StoreError::sql("list somebody's devices");
        let rows = self.control().read.rows(text, args![person]).await.map_err(failed())?;
        rows.iter().map(device).collect::<Result<_, _>>().map_err(failed())
    }

    /// Removes one of somebody's devices; false where it is not theirs or has ended.
    pub async fn end_device(
        &self,
        person: PersonId,
        id: DeviceId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("remove a device");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let ended = tx.execute(END_DEVICE, args![person, id, now]).await.map_err(failed())?;
        if ended == 1 {
            let values = args![id, "the device was removed", now];
            tx.execute(DROP_DEVICES, values).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())?;
        Ok(ended == 1)
    }

    /// Adds a webhook.
    pub async fn add_webhook(
        &self,
        permit: &Permit<ManageTelling>,
        new: &NewWebhook,
        by: PersonId,
    ) -> Result<WebhookId, StoreError> {
        let failed = || StoreError::sql("keep a webhook");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let id = take_ids(&mut tx, "webhook", 1).await.map_err(failed())?;
        let values = args![
            id,
            permit.agency(),
            new.name.as_str(),
            new.url.as_str(),
            new.at_least.word(),
            new.sealed.as_slice(),
            by,
            permit.at(),
        ];
        tx.execute(ADD_WEBHOOK, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(WebhookId::from_i64(id))
    }

    /// An agency's webhooks.
    pub async fn webhooks(&self, agency: AgencyId) -> Result<Vec<WebhookRow>, StoreError> {
        let failed = || StoreError::sql("list webhooks");
        let rows = self.control().read.rows(WEBHOOKS, args![agency]).await.map_err(failed())?;
        rows.iter().map(webhook).collect::<Result<_, _>>().map_err(failed())
    }

    /// Removes a webhook; false where there is none such.
    pub async fn end_webhook(
        &self,
        permit: &Permit<ManageTelling>,
        id: WebhookId,
        by: PersonId,
    ) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("remove a webhook");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let values = args![permit.agency(), id, by, permit.at()];
        let ended = tx.execute(END_WEBHOOK, values).await.map_err(failed())?;
        if ended == 1 {
            let values = args![id, "the webhook was removed", permit.at()];
            tx.execute(DROP_WEBHOOKS, values).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())?;
        Ok(ended == 1)
    }
}

fn device(row: &Row) -> Result<DeviceRow, sqlx::Error> {
    Ok(DeviceRow {
        id: DeviceId::from_i64(row.get(0)?),
        person: PersonId::from_i64(row.get(1)?),
        label: row.get(2)?,
        sealed: row.get(3)?,
        added_at: Timestamp::from_micros(row.get(4)?),
        last_taken_at: row.get::<Option<i64>>(5)?.map(Timestamp::from_micros),
    })
}

fn webhook(row: &Row) -> Result<WebhookRow, sqlx::Error> {
    Ok(WebhookRow {
        id: WebhookId::from_i64(row.get(0)?),
        about: NewWebhook {
            name: row.get(1)?,
            url: row.get(2)?,
            at_least: row.parsed(3, |word: String| Priority::parse(&word))?,
            sealed: row.get(4)?,
        },
        added_by: PersonId::from_i64(row.get(5)?),
        added_at: Timestamp::from_micros(row.get(6)?),
    })
}
