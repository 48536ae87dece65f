//! The outbox: what is to be told, written down together with how far hits have been told, and what became of it.

use domain::access::{ManageTelling, ReadDeliveries};
use domain::telling::{Channel, Group};
use domain::{
    AgencyId, Category, DeviceId, Hit, HitId, Permit, PersonId, Priority, TellingId, Timestamp,
    WebhookId,
};

use super::super::hits::{COLUMNS, hit};
use super::super::mails::{NewMail, queue};
use super::super::take_ids;
use super::groups::{GroupCode, keep_group};
use crate::sql::{Row, Tx, args, unreadable};
use crate::{Store, StoreError};

const TOLD_TO: &str = "SELECT hit FROM told_marks WHERE agency = $1";
const FIRST_MARK: &str =
    "INSERT INTO told_marks (agency, hit) VALUES ($1, 0) ON CONFLICT (agency) DO NOTHING";
const MOVE_ON: &str = "UPDATE told_marks SET hit = $3 WHERE agency = $1 AND hit = $2";
const LINK: &str =
    "INSERT INTO hit_links (hit, agency, code) VALUES ($1, $2, $3) ON CONFLICT (hit) DO NOTHING";
const LINKED: &str = "SELECT hit FROM hit_links WHERE agency = $1 AND code = $2";
const ADD: &str = "INSERT INTO tellings (id, agency, uid, channel, hit, about, priority, category, person, device, webhook, \
    mail, made_at, tried_from, state, next_try_at, n_tries, trouble, done_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, $15, 0, $16, $17) ON CONFLICT DO NOTHING";
const DUE: &str = "SELECT t.id, t.agency, t.uid, t.channel, t.hit, t.about, t.priority, t.category, t.device, t.webhook, \
    t.tried_from, t.n_tries, k.code, d.sealed, w.url, w.sealed \
    FROM tellings t LEFT JOIN hit_links k ON k.hit = t.about \
    LEFT JOIN push_devices d ON d.id = t.device LEFT JOIN webhooks w ON w.id = t.webhook \
    WHERE t.next_try_at IS NOT NULL AND t.next_try_at <= $1 \
    ORDER BY CASE WHEN t.priority = 'high' THEN 0 ELSE 1 END, t.next_try_at, t.id LIMIT $2";
const TRIED: &str = "UPDATE tellings SET state = $2, next_try_at = $3, n_tries = n_tries + 1, status = $4, trouble = $5, \
    done_at = $6 WHERE id = $1 AND state = 'waiting'";
const TAKEN: &str = "UPDATE push_devices SET last_taken_at = $2 WHERE id = $1";
const DEVICE_GONE: &str =
    "UPDATE push_devices SET ended_at = $2, ended_why = 'gone' WHERE id = $1 AND ended_at IS NULL";
const DROP_REST: &str = "UPDATE tellings SET state = 'given-up', next_try_at = NULL, trouble = $2, done_at = $3 \
    WHERE device = $1 AND state = 'waiting'";
const AGAIN: &str = "UPDATE tellings SET state = 'waiting', next_try_at = $3, tried_from = $3, n_tries = 0, done_at = NULL, \
    trouble = '' WHERE agency = $1 AND id = $2 AND made_at >= $4 AND state IN ('sent', 'given-up', 'quiet') AND channel <> 'mail' \
    AND (device IS NULL OR EXISTS (SELECT 1 FROM push_devices d WHERE d.id = device AND d.ended_at IS NULL)) \
    AND (webhook IS NULL OR EXISTS (SELECT 1 FROM webhooks w WHERE w.id = webhook AND w.ended_at IS NULL))";
const FORGET: &str = "DELETE FROM tellings WHERE id IN (SELECT t.id FROM tellings t LEFT JOIN mails m ON m.id = t.mail \
    WHERE t.agency = $1 AND t.made_at < $2 AND t.next_try_at IS NULL AND m.next_try_at IS NULL ORDER BY t.id LIMIT $3)";
/// Mails about hits of which nothing stands in the log any more.
const FORGET_MAILS: &str = "DELETE FROM mails WHERE agency = $1 AND made_at < $2 AND next_try_at IS NULL \
    AND once LIKE 'alert %' AND NOT EXISTS (SELECT 1 FROM tellings t WHERE t.mail = mails.id)";
const ROW: &str = "t.id, t.channel, t.hit, t.priority, t.category, t.person, d.label, w.name, t.made_at, t.state, \
    t.next_try_at, t.n_tries, t.status, t.trouble, t.done_at, m.next_try_at, m.n_tries, m.trouble, m.sent_at, t.about \
    FROM tellings t LEFT JOIN push_devices d ON d.id = t.device LEFT JOIN webhooks w ON w.id = t.webhook \
    LEFT JOIN mails m ON m.id = t.mail";

/// A hit, the group that it belongs to, and what is to be told of it.
#[derive(Clone, PartialEq, Debug)]
pub struct ToldHit {
    /// Of the plate and the entry.
    pub code: GroupCode,
    /// The group, with this hit as its last.
    pub group: Group,
    /// Where it is a repeat: whether another camera read it than the one before it.
    pub repeat: Option<bool>,
    /// What leads to the group's first hit, where something is told.
    pub link: String,
    /// What is told.
    pub tellings: Vec<NewTelling>,
}

/// Something to tell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewTelling {
    /// What the receiver knows it by.
    pub uid: String,
    /// How loud it is.
    pub priority: Priority,
    /// Why the plate is wanted; none of a test.
    pub category: Option<Category>,
    /// To whom.
    pub who: WhoIsTold,
    /// Why it is kept quiet; none: it is told.
    pub quiet: Option<String>,
}

/// To whom something is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WhoIsTold {
    /// A person's device.
    Device(PersonId, DeviceId),
    /// A program.
    Webhook(WebhookId),
    /// A person, by mail.
    Mail(ToldMail),
}

/// A mail about a hit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ToldMail {
    /// To whom.
    pub person: PersonId,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

impl WhoIsTold {
    const fn channel(&self) -> Channel {
        match self {
            Self::Device(..) => Channel::Push,
            Self::Webhook(_) => Channel::Webhook,
            Self::Mail(_) => Channel::Mail,
        }
    }
}

/// Something to send now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DueTelling {
    /// Which.
    pub id: TellingId,
    /// Whose.
    pub agency: AgencyId,
    /// What the receiver knows it by.
    pub uid: String,
    /// Over which way.
    pub channel: Channel,
    /// The hit, and the first hit of its group; none of a test.
    pub hit: Option<(HitId, HitId)>,
    /// How loud it is.
    pub priority: Priority,
    /// Why the plate is wanted.
    pub category: Option<Category>,
    /// The device.
    pub device: Option<DeviceId>,
    /// The program.
    pub webhook: Option<WebhookId>,
    /// Since when it is tried.
    pub tried_from: Timestamp,
    /// How often it was tried.
    pub n_tries: u32,
    /// What leads to the hit.
    pub link: Option<String>,
    /// The program's address.
    pub url: Option<String>,
    /// The device's address and keys, or what we share with the program, sealed.
    pub sealed: Vec<u8>,
}

/// What becomes of something that was tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WhatNext {
    /// It was taken.
    Sent,
    /// It is tried again.
    TryAt(Timestamp),
    /// It is not tried again.
    GiveUp,
    /// It is not tried again, and nothing else is there: the device is gone.
    DeviceGone,
}

/// How far something that is told has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TellingState {
    /// It is sent, or tried again, at that time.
    Waiting(Timestamp),
    /// It was taken.
    Sent,
    /// A quiet rule kept it back.
    Quiet,
    /// It was not taken, and is tried no more.
    GivenUp,
}

/// Something that was told, as the log shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TellingRow {
    /// Which.
    pub id: TellingId,
    /// Over which way.
    pub channel: Channel,
    /// Of which hit; none: a test.
    pub hit: Option<HitId>,
    /// Whether it is about a vehicle that was told of before.
    pub is_update: bool,
    /// How loud it is.
    pub priority: Priority,
    /// Why the plate is wanted.
    pub category: Option<Category>,
    /// To whom, where it is a person.
    pub person: Option<PersonId>,
    /// The device's or the program's name.
    pub target: Option<String>,
    /// When it was written down.
    pub made_at: Timestamp,
    /// How far it has come.
    pub state: TellingState,
    /// How often it was tried.
    pub n_tries: u32,
    /// What was answered last.
    pub status: Option<u16>,
    /// What went wrong last, or why it is quiet, in words.
    pub trouble: String,
    /// When it came to its end.
    pub done_at: Option<Timestamp>,
}

impl Store {
    /// The hits of an agency that are still to be told, oldest first; and the last that was told before them.
    pub async fn untold_hits(
        &self,
        agency: AgencyId,
        limit: u32,
    ) -> Result<(HitId, Vec<Hit>), StoreError> {
        let failed = || StoreError::sql("look for hits to tell");
        let mark = self.control().read.row(TOLD_TO, args![agency]).await.map_err(failed())?;
        let mark = mark.map(|row| row.get::<i64>(0)).transpose().map_err(failed())?.unwrap_or(0);
        let text = format!(
            "SELECT {COLUMNS} FROM hits h WHERE h.agency = $1 AND h.id > $2 ORDER BY h.id LIMIT $3"
        );
        let rows = self.control().read.rows(text, args![agency, mark, limit]).await;
        let hits: Result<Vec<Hit>, _> = rows.map_err(failed())?.iter().map(hit).collect();
        Ok((HitId::from_i64(mark), hits.map_err(failed())?))
    }

    /// Writes down what is told of the hits after `before` up to `last`: groups, links, tellings, mails, all or nothing. False
    /// where somebody else did so in the meantime.
    pub async fn keep_told(
        &self,
        agency: AgencyId,
        (before, last): (HitId, HitId),
        told: &[ToldHit],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let failed = || StoreError::sql("write down what is told of hits");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        tx.execute(FIRST_MARK, args![agency]).await.map_err(failed())?;
        let moved = tx.execute(MOVE_ON, args![agency, before, last]).await.map_err(failed())?;
        if moved == 0 {
            return Ok(false);
        }
        for one in told {
            keep(&mut tx, agency, one, now).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())?;
        Ok(true)
    }

    /// Writes down a test, to be sent at once.
    pub async fn keep_test(
        &self,
        agency: AgencyId,
        new: &NewTelling,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("write down a test");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        add(&mut tx, agency, None, new, now).await.map_err(failed())?;
        tx.commit().await.map_err(failed())
    }

    /// The hit to which a link leads.
    pub async fn linked_hit(
        &self,
        agency: AgencyId,
        code: &str,
    ) -> Result<Option<HitId>, StoreError> {
        let failed = || StoreError::sql("look up where a link leads");
        let row = self.control().read.row(LINKED, args![agency, code]).await.map_err(failed())?;
        let id = row.map(|row| row.get::<i64>(0)).transpose().map_err(failed())?;
        Ok(id.map(HitId::from_i64))
    }

    /// What is to be sent now, the loudest first.
    pub async fn due_tellings(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueTelling>, StoreError> {
        let failed = || StoreError::sql("look for what is to be told");
        let rows = self.control().read.rows(DUE, args![now, limit]).await.map_err(failed())?;
        rows.iter().map(due).collect::<Result<_, _>>().map_err(failed())
    }

    /// Notes that something was tried, what was answered and what was wrong, and what becomes of it.
    pub async fn telling_tried(
        &self,
        due: &DueTelling,
        (status, trouble): (Option<u16>, &str),
        next: WhatNext,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("note that something was told");
        let (state, next_try_at) = match next {
            WhatNext::Sent => ("sent", None),
            WhatNext::TryAt(at) => ("waiting", Some(at)),
            WhatNext::GiveUp | WhatNext::DeviceGone => ("given-up", None),
        };
        let done_at = next_try_at.is_none().then_some(now);
        let values = args![due.id, state, next_try_at, status, trouble, done_at];
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        tx.execute(TRIED, values).await.map_err(failed())?;
        match (next, due.device) {
            (WhatNext::Sent, Some(device)) => {
                tx.execute(TAKEN, args![device, now]).await.map_err(failed())?;
            }
            (WhatNext::DeviceGone, Some(device)) => {
                tx.execute(DEVICE_GONE, args![device, now]).await.map_err(failed())?;
                tx.execute(DROP_REST, args![device, trouble, now]).await.map_err(failed())?;
            }
            _ => {}
        }
        tx.commit().await.map_err(failed())
    }

    /// Has something sent again that came to its end and was not told before `since`; false where it cannot be.
    pub async fn tell_again(
        &self,
        permit: &Permit<ManageTelling>,
        id: TellingId,
        since: Timestamp,
    ) -> Result<bool, StoreError> {
        let values = args![permit.agency(), id, permit.at(), since];
        let done = self.control().write.execute(AGAIN, values).await;
        Ok(done.map_err(StoreError::sql("have something told again"))? == 1)
    }

    /// What an agency told, newest first; `before` goes on after a page.
    pub async fn tellings(
        &self,
        permit: &Permit<ReadDeliveries>,
        before: Option<TellingId>,
        limit: u32,
    ) -> Result<Vec<TellingRow>, StoreError> {
        let text =
            format!("SELECT {ROW} WHERE t.agency = $1 AND t.id < $2 ORDER BY t.id DESC LIMIT $3");
        let before = before.map_or(i64::MAX, TellingId::to_i64);
        self.told(text, permit.agency().to_i64(), before, limit).await
    }

    /// Forgets what an agency told before a moment and what does not wait any more, its mails with it; how many tellings.
    pub async fn forget_tellings(
        &self,
        agency: AgencyId,
        before: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let failed = || StoreError::sql("forget what was told");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let values = args![agency, before, limit];
        let n = tx.execute(FORGET, values).await.map_err(failed())?;
        tx.execute(FORGET_MAILS, args![agency, before]).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(n)
    }

    /// What one person was told, and what was kept quiet for them; newest first.
    pub async fn told_to(
        &self,
        person: PersonId,
        limit: u32,
    ) -> Result<Vec<TellingRow>, StoreError> {
        let text =
            format!("SELECT {ROW} WHERE t.person = $1 AND t.id < $2 ORDER BY t.id DESC LIMIT $3");
        self.told(text, person.to_i64(), i64::MAX, limit).await
    }

    async fn told(
        &self,
        text: String,
        whose: i64,
        before: i64,
        limit: u32,
    ) -> Result<Vec<TellingRow>, StoreError> {
        let failed = || StoreError::sql("list what was told");
        let rows = self.control().read.rows(text, args![whose, before, limit]).await;
        rows.map_err(failed())?.iter().map(row).collect::<Result<_, _>>().map_err(failed())
    }
}

async fn keep(
    tx: &mut Tx,
    agency: AgencyId,
    told: &ToldHit,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let Group { first, last, .. } = told.group;
    keep_group(tx, agency, &told.code, &told.group, told.repeat).await?;
    if told.tellings.is_empty() {
        return Ok(());
    }
    tx.execute(LINK, args![first, agency, told.link.as_str()]).await?;
    for new in &told.tellings {
        add(tx, agency, Some((last, first)), new, now).await?;
    }
    Ok(())
}

async fn add(
    tx: &mut Tx,
    agency: AgencyId,
    hit: Option<(HitId, HitId)>,
    new: &NewTelling,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let id = take_ids(tx, "telling", 1).await?;
    let (mut person, mut device, mut webhook, mut mail) = (None, None, None, None);
    match &new.who {
        WhoIsTold::Device(whose, id) => (person, device) = (Some(*whose), Some(*id)),
        WhoIsTold::Webhook(id) => webhook = Some(*id),
        WhoIsTold::Mail(told) => {
            person = Some(told.person);
            if new.quiet.is_none() {
                mail = mailed(tx, agency, told, &new.uid, now).await?;
            }
        }
    }
    let state = match (&new.quiet, mail) {
        (Some(_), _) => "quiet",
        (None, Some(_)) => "mailed",
        (None, None) => "waiting",
    };
    let values = args![
        id,
        agency,
        new.uid.as_str(),
        new.who.channel().word(),
        hit.map(|(hit, _)| hit),
        hit.map(|(_, about)| about),
        new.priority.word(),
        new.category.map(Category::word),
        person,
        device,
        webhook,
        mail,
        now,
        state,
        (state == "waiting").then_some(now),
        new.quiet.as_deref().unwrap_or_default(),
        (state == "quiet").then_some(now),
    ];
    tx.execute(ADD, values).await.map(drop)
}

/// Puts a mail into the outbox of mails; its id.
async fn mailed(
    tx: &mut Tx,
    agency: AgencyId,
    told: &ToldMail,
    uid: &str,
    now: Timestamp,
) -> Result<Option<i64>, sqlx::Error> {
    let new = NewMail {
        agency,
        person: told.person,
        once: format!("alert {uid}"),
        subject: told.subject.clone(),
        body: told.body.clone(),
    };
    queue(tx, &new, now).await
}

fn due(row: &Row) -> Result<DueTelling, sqlx::Error> {
    let hit: Option<i64> = row.get(4)?;
    let about: Option<i64> = row.get(5)?;
    let of_device: Option<Vec<u8>> = row.get(13)?;
    let of_webhook: Option<Vec<u8>> = row.get(15)?;
    Ok(DueTelling {
        id: TellingId::from_i64(row.get(0)?),
        agency: AgencyId::from_i64(row.get(1)?),
        uid: row.get(2)?,
        channel: row.parsed(3, |word: String| Channel::parse(&word))?,
        hit: hit.zip(about).map(|(hit, about)| (HitId::from_i64(hit), HitId::from_i64(about))),
        priority: row.parsed(6, |word: String| Priority::parse(&word))?,
        category: category(row, 7)?,
        device: row.get::<Option<i64>>(8)?.map(DeviceId::from_i64),
        webhook: row.get::<Option<i64>>(9)?.map(WebhookId::from_i64),
        tried_from: Timestamp::from_micros(row.get(10)?),
        n_tries: row.parsed(11, |n: i64| u32::try_from(n).ok())?,
        link: row.get(12)?,
        url: row.get(14)?,
        sealed: of_device.or(of_webhook).unwrap_or_default(),
    })
}

fn category(row: &Row, at: usize) -> Result<Option<Category>, sqlx::Error> {
    let word: Option<String> = row.get(at)?;
    word.map(|word| Category::parse(&word).ok_or_else(|| unreadable(at))).transpose()
}

fn row(row: &Row) -> Result<TellingRow, sqlx::Error> {
    let moment = |at| row.get::<Option<i64>>(at).map(|at| at.map(Timestamp::from_micros));
    let state: String = row.get(9)?;
    let of_mail = state == "mailed";
    // How far a mail has come stands with the mail.
    let [next, tries, trouble, done] = if of_mail { [15, 16, 17, 18] } else { [10, 11, 13, 14] };
    let (next, done_at) = (moment(next)?, moment(done)?);
    let state = match (state.as_str(), next) {
        ("quiet", _) => TellingState::Quiet,
        (_, Some(at)) => TellingState::Waiting(at),
        ("sent", None) => TellingState::Sent,
        ("mailed", None) if done_at.is_some() => TellingState::Sent,
        _ => TellingState::GivenUp,
    };
    let (device, webhook): (Option<String>, Option<String>) = (row.get(6)?, row.get(7)?);
    let hit: Option<i64> = row.get(2)?;
    Ok(TellingRow {
        id: TellingId::from_i64(row.get(0)?),
        channel: row.parsed(1, |word: String| Channel::parse(&word))?,
        hit: hit.map(HitId::from_i64),
        is_update: hit != row.get::<Option<i64>>(19)?,
        priority: row.parsed(3, |word: String| Priority::parse(&word))?,
        category: category(row, 4)?,
        person: row.get::<Option<i64>>(5)?.map(PersonId::from_i64),
        target: device.or(webhook),
        made_at: Timestamp::from_micros(row.get(8)?),
        state,
        n_tries: row.parsed(tries, |n: Option<i64>| u32::try_from(n.unwrap_or(0)).ok())?,
        status: row.parsed(12, |n: Option<i64>| match n {
            None => Some(None),
            Some(n) => u16::try_from(n).ok().map(Some),
        })?,
        trouble: row.get::<Option<String>>(trouble)?.unwrap_or_default(),
        done_at,
    })
}
