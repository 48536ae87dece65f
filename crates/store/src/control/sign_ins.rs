//! Who signed in, from where and with which browser; and which browsers somebody is known to use.

use domain::access::ListPeople;
use domain::{AgencyId, Permit, PersonId, Timestamp};

use super::take_ids;
use crate::sql::{Row, args};
use crate::{Store, StoreError};

/// A sign-in as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignInRow {
    /// In which agency.
    pub agency: AgencyId,
    /// Who.
    pub person: PersonId,
    /// When.
    pub at: Timestamp,
    /// How: `password`, `passkey`, `provider`, `demo-link`.
    pub way: String,
    /// From which address.
    pub address: String,
    /// With which browser, as that says.
    pub browser: String,
    /// Whether this person had not signed in with this browser before.
    pub is_new_device: bool,
    /// Whether this person had not signed in from this address before.
    pub is_new_address: bool,
}

const IS_KNOWN: &str = "SELECT person FROM devices WHERE hash = $1 AND person = $2";
const SEEN: &str = "INSERT INTO devices (hash, person, first_seen_at, last_seen_at) \
    VALUES ($1, $2, $3, $3) ON CONFLICT (hash, person) DO UPDATE SET last_seen_at = $3";
const CAME_FROM: &str = "SELECT id FROM sign_ins WHERE person = $1 AND address = $2 LIMIT 1";
const ADD: &str = "INSERT INTO sign_ins \
    (id, agency, person, at, way, address, browser, is_new_device, is_new_address) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const BETWEEN: &str = "SELECT agency, person, at, way, address, browser, is_new_device, is_new_address \
    FROM sign_ins WHERE agency = $1 AND at >= $2 AND at < $3 ORDER BY id";

impl Store {
    /// Whether somebody signed in with the browser that has this cookie.
    pub async fn is_known_device(
        &self,
        device: &[u8; 32],
        person: PersonId,
    ) -> Result<bool, StoreError> {
        let known = self.control().read.row(IS_KNOWN, args![device.as_slice(), person]).await;
        Ok(known.map_err(StoreError::sql("look up a browser"))?.is_some())
    }

    /// Whether somebody signed in from this address before.
    pub async fn came_from(&self, person: PersonId, address: &str) -> Result<bool, StoreError> {
        let came = self.control().read.row(CAME_FROM, args![person, address]).await;
        Ok(came.map_err(StoreError::sql("look up an address"))?.is_some())
    }

    /// Keeps a sign-in; from then on its browser and its address are known.
    pub async fn add_sign_in(
        &self,
        one: &SignInRow,
        device: Option<&[u8; 32]>,
    ) -> Result<(), StoreError> {
        let failed = || StoreError::sql("keep a sign-in");
        let mut tx = self.control().write.begin().await.map_err(failed())?;
        let id = take_ids(&mut tx, "sign-in", 1).await.map_err(failed())?;
        let values = args![
            id,
            one.agency,
            one.person,
            one.at,
            one.way.as_str(),
            one.address.as_str(),
            one.browser.as_str(),
            one.is_new_device,
            one.is_new_address,
        ];
        tx.execute(ADD, values).await.map_err(failed())?;
        if let Some(device) = device {
            let values = args![device.as_slice(), one.person, one.at];
            tx.execute(SEEN, values).await.map_err(failed())?;
        }
        tx.commit().await.map_err(failed())
    }

    /// Who signed in to the agency from `from` on and before `until`, in the order in which they did.
    pub async fn sign_ins(
        &self,
        permit: &Permit<ListPeople>,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<SignInRow>, StoreError> {
        let failed = || StoreError::sql("list sign-ins");
        let values = args![permit.agency(), from, until];
        let rows = self.control().read.rows(BETWEEN, values).await.map_err(failed())?;
        rows.iter().map(sign_in).collect::<Result<_, _>>().map_err(failed())
    }
}

fn sign_in(row: &Row) -> Result<SignInRow, sqlx::Error> {
    Ok(SignInRow {
        agency: AgencyId::from_i64(row.get(0)?),
        person: PersonId::from_i64(row.get(1)?),
        at: Timestamp::from_micros(row.get(2)?),
        way: row.get(3)?,
        address: row.get(4)?,
        browser: row.get(5)?,
        is_new_device: row.get::<i64>(6)? == 1,
        is_new_address: row.get::<i64>(7)? == 1,
    })
}
