//! Arguments and rows: the five kinds of value that both engines share.

use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments as _, Decode, Postgres, Row as _, Sqlite, Type};

/// An argument of a statement. Nulls carry their type because PostgreSQL wants to know it.
#[derive(Clone)]
pub(crate) enum Value {
    I64(Option<i64>),
    F64(Option<f64>),
    Text(Option<String>),
    Blob(Option<Vec<u8>>),
}

macro_rules! from {
    ($($from:ty => $kind:ident with $made:expr;)*) => {
        $(
            impl From<$from> for Value {
                fn from(value: $from) -> Self {
                    Self::$kind(Some($made(value)))
                }
            }
            impl From<Option<$from>> for Value {
                fn from(value: Option<$from>) -> Self {
                    Self::$kind(value.map($made))
                }
            }
        )*
    };
}

from! {
    i64 => I64 with std::convert::identity;
    u32 => I64 with i64::from;
    u16 => I64 with i64::from;
    bool => I64 with i64::from;
    f64 => F64 with std::convert::identity;
    String => Text with std::convert::identity;
    &str => Text with str::to_owned;
    Vec<u8> => Blob with std::convert::identity;
    &[u8] => Blob with <[u8]>::to_vec;
    domain::Timestamp => I64 with domain::Timestamp::micros;
    domain::Day => I64 with domain::Day::number;
    domain::AgencyId => I64 with domain::AgencyId::to_i64;
    domain::CameraId => I64 with domain::CameraId::to_i64;
    domain::ReadId => I64 with domain::ReadId::to_i64;
    domain::HitId => I64 with domain::HitId::to_i64;
    domain::AmberId => I64 with domain::AmberId::to_i64;
    domain::HotlistId => I64 with domain::HotlistId::to_i64;
    domain::HotlistVersionId => I64 with domain::HotlistVersionId::to_i64;
    domain::PersonId => I64 with domain::PersonId::to_i64;
    domain::GrantId => I64 with domain::GrantId::to_i64;
    domain::CompletionId => I64 with domain::CompletionId::to_i64;
    domain::PasskeyId => I64 with domain::PasskeyId::to_i64;
    domain::TokenId => I64 with domain::TokenId::to_i64;
    domain::ReviewId => I64 with domain::ReviewId::to_i64;
    domain::ReportId => I64 with domain::ReportId::to_i64;
    domain::IncidentId => I64 with domain::IncidentId::to_i64;
    domain::StateAskId => I64 with domain::StateAskId::to_i64;
    domain::ProtectedEventId => I64 with domain::ProtectedEventId::to_i64;
    domain::NexusRequestId => I64 with domain::NexusRequestId::to_i64;
    domain::CustomEntryId => I64 with domain::CustomEntryId::to_i64;
    domain::TroubleId => I64 with domain::TroubleId::to_i64;
    domain::DutyId => I64 with domain::DutyId::to_i64;
    domain::SignOnId => I64 with domain::SignOnId::to_i64;
    domain::DeviceId => I64 with domain::DeviceId::to_i64;
    domain::WebhookId => I64 with domain::WebhookId::to_i64;
    domain::QuietRuleId => I64 with domain::QuietRuleId::to_i64;
    domain::TellingId => I64 with domain::TellingId::to_i64;
    domain::BundleId => I64 with domain::BundleId::to_i64;
    domain::ExigentId => I64 with domain::ExigentId::to_i64;
}

/// The arguments of a statement, in the order of `$1`, `$2`, ….
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::sql::Value::from($value)),*] };
}
pub(crate) use args;

fn wrong(error: BoxDynError) -> sqlx::Error {
    sqlx::Error::Encode(error)
}

macro_rules! bound {
    ($name:ident, $arguments:ty) => {
        pub(super) fn $name(values: Vec<Value>) -> Result<$arguments, sqlx::Error> {
            let mut arguments = <$arguments>::default();
            arguments.reserve(values.len(), values.len() * 8);
            for value in values {
                match value {
                    Value::I64(value) => arguments.add(value),
                    Value::F64(value) => arguments.add(value),
                    Value::Text(value) => arguments.add(value),
                    Value::Blob(value) => arguments.add(value),
                }
                .map_err(wrong)?;
            }
            Ok(arguments)
        }
    };
}

bound!(sqlite, SqliteArguments);
bound!(postgres, PgArguments);

/// A row of either engine.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// What both engines can give.
pub(crate) trait Column:
    for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}

impl<T> Column for T where
    T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}

impl Row {
    /// The value of the column at `index`, counted from 0.
    pub(crate) fn get<T: Column>(&self, index: usize) -> Result<T, sqlx::Error> {
        match self {
            Self::Sqlite(row) => row.try_get(index),
            Self::Postgres(row) => row.try_get(index),
        }
    }

    /// The value of a column through `from`, which knows which values can stand there.
    pub(crate) fn parsed<T: Column, V>(
        &self,
        index: usize,
        from: impl FnOnce(T) -> Option<V>,
    ) -> Result<V, sqlx::Error> {
        from(self.get(index)?).ok_or_else(|| unreadable(index))
    }
}

/// A column that holds what this version does not know.
pub(crate) fn unreadable(index: usize) -> sqlx::Error {
    sqlx::Error::ColumnDecode {
        index: index.to_string(),
        source: "this version does not know the stored value".into(),
    }
}
