//! What people sign in with: passwords, authenticators, recovery codes, invitations; and the steps between.

use std::time::Duration;

use domain::access::ListPeople;
use domain::{Permit, PersonId, Timestamp};

use super::passkeys::NewPasskey;
use super::{passkeys, people, tokens};
use crate::sql::{Row, Tx, args};
use crate::{Store, StoreError};

/// A password as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PasswordRow {
    /// Its argon2id hash.
    pub phc: String,
    /// When it was chosen.
    pub set_at: Timestamp,
    /// What counts its failures.
    pub guard: String,
    /// Since when it is locked (CJIS AC-7).
    pub locked_at: Option<Timestamp>,
}

/// An authenticator app as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuthenticatorRow {
    /// Its secret, sealed.
    pub secret: Vec<u8>,
    /// The last step whose code was taken.
    pub last_step: u64,
}

/// What somebody enrols with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Enrolment {
    /// The password's argon2id hash.
    pub phc: String,
    /// The authenticator's secret, sealed, and the step of the code that proved it.
    pub authenticator: Option<AuthenticatorRow>,
    /// The passkey that stands beside the password in its place.
    pub passkey: Option<NewPasskey>,
    /// The digests of the recovery codes.
    pub recovery: Vec<[u8; 32]>,
}

/// A sign-in or an enrolment between two steps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StepRow {
    /// Whose, where that is known.
    pub person: Option<PersonId>,
    /// Which step comes next.
    pub step: String,
    /// What the step before left.
    pub state: Vec<u8>,
}

const SET_PASSWORD: &str = "INSERT INTO passwords (person, phc, set_at, guard) VALUES ($1, $2, $3, '') \
    ON CONFLICT (person) DO UPDATE SET phc = $2, set_at = $3, guard = '', locked_at = NULL";
const PASSWORD: &str = "SELECT phc, set_at, guard, locked_at FROM passwords WHERE person = $1";
const LOCKED: &str = "SELECT w.person FROM passwords w JOIN people p ON p.id = w.person \
    WHERE p.agency = $1 AND w.locked_at IS NOT NULL";
const REHASH: &str = "UPDATE passwords SET phc = $3 WHERE person = $1 AND phc = $2";
const RELEASE: &str = "UPDATE passwords SET guard = '', locked_at = NULL \
    WHERE person = $1 AND locked_at IS NOT NULL";
const GUARD: &str =
    "UPDATE passwords SET guard = $3, locked_at = $4 WHERE person = $1 AND guard = $2";
const SET_AUTHENTICATOR: &str = "INSERT INTO authenticators (person, secret, last_step, added_at) \
    VALUES ($1, $2, $3, $4) ON CONFLICT (person) DO UPDATE SET secret = $2, last_step = $3, added_at = $4";
const AUTHENTICATOR: &str = "SELECT secret, last_step FROM authenticators WHERE person = $1";
const TAKE_CODE: &str =
    "UPDATE authenticators SET last_step = $2 WHERE person = $1 AND last_step < $2";
const NO_RECOVERY: &str = "DELETE FROM recovery_codes WHERE person = $1";
const ADD_RECOVERY: &str = "INSERT INTO recovery_codes (person, hash) VALUES ($1, $2)";
const USE_RECOVERY: &str =
    "UPDATE recovery_codes SET used_at = $3 WHERE person = $1 AND hash = $2 AND used_at IS NULL";
const N_RECOVERY: &str =
    "SELECT COUNT(*) FROM recovery_codes WHERE person = $1 AND used_at IS NULL";
const ADD_INVITATION: &str =
    "INSERT INTO invitations (hash, person, made_at, expires_at) VALUES ($1, $2, $3, $4)";
const NO_INVITATIONS: &str = "DELETE FROM invitations WHERE person = $1 AND used_at IS NULL";
const INVITATION: &str =
    "SELECT person FROM invitations WHERE hash = $1 AND used_at IS NULL AND expires_at > $2";
const USE_INVITATION: &str = "UPDATE invitations SET used_at = $2 \
    WHERE hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING person";
const ADD_STEP: &str =
    "INSERT INTO steps (hash, person, step, state, expires_at) VALUES ($1, $2, $3, $4, $5)";
const STEP: &str = "SELECT person, step, state FROM steps WHERE hash = $1 AND expires_at > $2";
const TAKE_STEP: &str =
    "DELETE FROM steps WHERE hash = $1 AND expires_at > $2 RETURNING person, step, state";
const FORGET_STEPS: &str = "DELETE FROM steps WHERE expires_at <= $1";
const FORGET_SIGN_INS: &str = "DELETE FROM sign_ins WHERE at <= $1";
const FORGET_DEVICES: &str = "DELETE FROM devices WHERE last_seen_at <= $1";
/// A browser is known, and a sign-in is kept, for so long: the year that is looked back over, and a month more.
const SIGN_INS_KEPT: Duration = Duration::from_secs(400 * 86_400);
const FORGET_INVITATIONS: &str =
    "DELETE FROM invitations WHERE expires_at <= $1 AND used_at IS NULL";
/// What opens an account, and what remembers that it was opened.
const ENDED: [&str; 6] = [
    "DELETE FROM passwords WHERE person = $1",
    "DELETE FROM authenticators WHERE person = $1",
    "DELETE FROM passkeys WHERE person = $1",
    "DELETE FROM provider_subjects WHERE person = $1",
    "DELETE FROM sessions WHERE person = $1",
    "DELETE FROM devices WHERE person = $1",
];
/// Steps of people who have not said who they are: so many are kept, the newest.
const STRANGERS_STEPS_MAX: i64 = 2_000;
const FORGET_STRANGERS: &str = "DELETE FROM steps WHERE person IS NULL AND expires_at < \
    (SELECT expires_at FROM steps WHERE person IS NULL ORDER BY expires_at DESC LIMIT 1 OFFSET $1)";

impl Store {
    /// Somebody's password.
    pub async fn password(&self, person: PersonId) -> Result<Option<PasswordRow>, StoreError> {
        let failed = || StoreError::sql("look up a password");
        let row = self.control().read.row(PASSWORD, args![person]).await.map_err(failed())?;
        row.as_ref().map(password).transpose().map_err(failed())
    }

    /// Replaces a password's hash by a costlier one of the same password.
    pub async fn rehash_password(
        &self,
        person: PersonId,
        was: &str,
        is: &str,
    ) -> Result<(), StoreError> {
        let replaced = self.control().write.execute(REHASH, args![person, was, is]).await;
        replaced.map(drop).map_err(StoreError::sql("replace a password's hash"))
    }

    /// Replaces what counts a password's failures; false when it is no longer what it was: somebody else counted meanwhile.
    pub async fn swap_guard(
        &self,
        person: PersonId,
        was: &str,
        is: &str,
        locked_at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let swapped = self.control().write.execute(GUARD, args![person, was, is, locked_at]).await;
        Ok(swapped.map_err(StoreError::sql("count a password's failures"))? == 1)
    }

    /// Whose passwords are locked in the agency.
    pub async fn locked_passwords(
        &self,
        permit: &Permit<ListPeople>,
    ) -> Result<Vec<PersonId>, StoreError> {
        let failed = || StoreError::sql("list locked passwords");
        let rows = self.control().read.rows(LOCKED, args![permit.agency()]).await;
        let rows = rows.map_err(failed())?;
        let ids = rows.iter().map(|row| row.get(0).map(PersonId::from_i64));
        ids.collect::<Result<_, _>>().map_err(failed())
    }

    /// Releases a locked password; false when it was not locked.
    pub async fn release_password(&self, person: PersonId) -> Result<bool, StoreError> {
        let released = self.control().write.execute(RELEASE, args![person]).await;
        Ok(released.map_err(StoreError::sql("release a password"))? == 1)
    }

    /// Somebody's authenticator app.
    pub async fn authenticator(
        &self,
        person: PersonId,
    ) -> Result<Option<AuthenticatorRow>, StoreError> {
        let failed = || StoreError::sql("look up an authenticator");
        let row = self.control().read.row(AUTHENTICATOR, args![person]).await.map_err(failed())?;
        row.as_ref().map(authenticator).transpose().map_err(failed())
    }

    /// Takes the code of a step, once: false when it or a later one was taken (CJIS IA-5, OTP).
    pub async fn take_code(&self, person: PersonId, step: u64) -> Result<bool, StoreError> {
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        let taken = self.control().write.execute(TAKE_CODE, args![person, step]).await;
        Ok(taken.map_err(StoreError::sql("take a code"))? == 1)
    }

    /// Uses a recovery code up; false when it is none or was used.
    pub async fn use_recovery_code(
        &self,
        person: PersonId,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let values = args![person, hash.as_slice(), now];
        let used = self.control().write.execute(USE_RECOVERY, values).await;
        Ok(used.map_err(StoreError::sql("use a recovery code"))? == 1)
    }

    /// How many recovery codes somebody has left.
    pub async fn n_recovery_codes(&self, person: PersonId) -> Result<u64, StoreError> {
        let failed = || StoreError::sql("count recovery codes");
        let row = self.control().read.row(N_RECOVERY, args![person]).await.map_err(failed())?;
        let n: Option<i64> = row.map(|row| row.get(0)).transpose().map_err(failed())?;
        Ok(n.and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
    }

    /// Keeps an invitation; those before it no longer work.
    pub async fn add_invitation(
        &self,
        hash: &[u8; 32],
        person: PersonId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("keep an invitation");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        tx.execute(NO_INVITATIONS, args![person]).await.map_err(failed())?;
        let values = args![hash.as_slice(), person, now, expires_at];
        tx.execute(ADD_INVITATION, values).await.map_err(failed())?;
        tx.commit().await.map_err(failed())
    }

    /// Whom an invitation that works is for.
    pub async fn invitation(
        &self,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<PersonId>, StoreError> {
        let failed = || StoreError::sql("look up an invitation");
        let row = self.control().read.row(INVITATION, args![hash.as_slice(), now]).await;
        let row = row.map_err(failed())?;
        row.map(|row| row.get(0).map(PersonId::from_i64)).transpose().map_err(failed())
    }

    /// Uses an invitation up: sets what its person signs in with, and ends what they had. None when it no longer works.
    pub async fn enrol(
        &self,
        hash: &[u8; 32],
        with: &Enrolment,
        now: Timestamp,
    ) -> Result<Option<PersonId>, StoreError> {
        let failed = || StoreError::sql("enrol somebody");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let row = tx.row(USE_INVITATION, args![hash.as_slice(), now]).await.map_err(failed())?;
        let Some(row) = row else { return Ok(None) };
        let person = PersonId::from_i64(row.get(0).map_err(failed())?);
        end_what_opens(&mut tx, person, now).await.map_err(failed())?;
        tx.execute(SET_PASSWORD, args![person, with.phc.as_str(), now]).await.map_err(failed())?;
        if let Some(AuthenticatorRow { secret, last_step }) = &with.authenticator {
            let step = i64::try_from(*last_step).unwrap_or(i64::MAX);
            let values = args![person, secret.as_slice(), step, now];
            tx.execute(SET_AUTHENTICATOR, values).await.map_err(failed())?;
        }
        if let Some(key) = &with.passkey
            && passkeys::add(&mut tx, person, key).await.map_err(failed())?.is_none()
        {
            // Somebody has this passkey. Dropped, the transaction comes to nothing.
            return Ok(None);
        }
        for code in &with.recovery {
            let values = args![person, code.as_slice()];
            tx.execute(ADD_RECOVERY, values).await.map_err(failed())?;
        }
        people::enrolled(&mut tx, person, now).await.map_err(failed())?;
        tx.commit().await.map_err(failed())?;
        Ok(Some(person))
    }

    /// Keeps what one step left for the next. Of people who have not said who they are the newest steps are kept, so that
    /// nobody fills the table by knocking.
    pub async fn add_step(
        &self,
        hash: &[u8; 32],
        step: &StepRow,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let values = args![
            hash.as_slice(),
            step.person,
            step.step.as_str(),
            step.state.as_slice(),
            expires_at
        ];
        let failed = || StoreError::sql("keep a step of a sign-in");
        self.control().write.execute(ADD_STEP, values).await.map_err(failed())?;
        if step.person.is_none() {
            let bound = args![STRANGERS_STEPS_MAX];
            self.control().write.execute(FORGET_STRANGERS, bound).await.map_err(failed())?;
        }
        Ok(())
    }

    /// What a step left, without using it up.
    pub async fn step(
        &self,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<StepRow>, StoreError> {
        let failed = || StoreError::sql("look up a step of a sign-in");
        let row = self.control().read.row(STEP, args![hash.as_slice(), now]).await;
        row.map_err(failed())?.as_ref().map(step).transpose().map_err(failed())
    }

    /// What a step left, once.
    pub async fn take_step(
        &self,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<StepRow>, StoreError> {
        let failed = || StoreError::sql("take up a sign-in");
        let row = self.control().write.row(TAKE_STEP, args![hash.as_slice(), now]).await;
        row.map_err(failed())?.as_ref().map(step).transpose().map_err(failed())
    }

    /// Forgets sessions, steps and invitations that have expired, and sign-ins and browsers of more than a year ago.
    pub async fn forget_expired_sign_ins(&self, now: Timestamp) -> Result<(), StoreError> {
        let failed = || StoreError::sql("forget expired sign-ins");
        self.control().write.execute(FORGET_STEPS, args![now]).await.map_err(failed())?;
        self.control().write.execute(FORGET_INVITATIONS, args![now]).await.map_err(failed())?;
        let long_ago = now.minus(SIGN_INS_KEPT);
        self.control().write.execute(FORGET_SIGN_INS, args![long_ago]).await.map_err(failed())?;
        self.control().write.execute(FORGET_DEVICES, args![long_ago]).await.map_err(failed())?;
        self.forget_expired_sessions(now).await
    }
}

/// Ends everything that opens somebody's account, before they choose anew.
pub(super) async fn end_what_opens(
    tx: &mut Tx,
    person: PersonId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    for text in ENDED {
        tx.execute(text, args![person]).await?;
    }
    tx.execute(NO_RECOVERY, args![person]).await?;
    tx.execute(tokens::REVOKE_ALL, args![person, now]).await.map(drop)
}

fn password(row: &Row) -> Result<PasswordRow, sqlx::Error> {
    Ok(PasswordRow {
        phc: row.get(0)?,
        set_at: Timestamp::from_micros(row.get(1)?),
        guard: row.get(2)?,
        locked_at: row.get::<Option<i64>>(3)?.map(Timestamp::from_micros),
    })
}

fn authenticator(row: &Row) -> Result<AuthenticatorRow, sqlx::Error> {
    Ok(AuthenticatorRow {
        secret: row.get(0)?,
        last_step: row.parsed(1, |step: i64| u64::try_from(step).ok())?,
    })
}

fn step(row: &Row) -> Result<StepRow, sqlx::Error> {
    Ok(StepRow {
        person: row.get::<Option<i64>>(0)?.map(PersonId::from_i64),
        step: row.get(1)?,
        state: row.get(2)?,
    })
}
