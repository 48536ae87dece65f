//! What every route has to declare, in the API and in the console alike; a test walks both lists.

/// Who may call a route at all. What they may see there is decided by the use case's permit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Anybody: shows nothing of anyone.
    Public,
    /// A camera with its key.
    Camera,
    /// Somebody who is signed in.
    Staff,
}

/// What kind of act a route is to the ledger.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Audit {
    /// Shows and changes nothing of anyone.
    Nothing,
    /// Hands in reads.
    Ingest,
    /// Looks at reads, hits, entries or pictures.
    Look,
    /// Looks at settings without plates: cameras, names of lists.
    Settings,
    /// Changes something.
    Change,
    /// Signs in or out.
    SignIn,
}

/// What may be kept of an answer, by the browser or by a proxy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cache {
    /// Nothing: `no-store`. Everything that could name a person or a plate.
    NoStore,
    /// Kept until it changes: `no-cache`, to be asked again with its tag.
    Revalidate,
    /// Kept for a year: its address changes when it does.
    Immutable,
}

impl Cache {
    /// The `Cache-Control` header.
    pub const fn header(self) -> &'static str {
        match self {
            Self::NoStore => "no-store",
            Self::Revalidate => "no-cache",
            Self::Immutable => "public, max-age=31536000, immutable",
        }
    }
}

/// A route's declaration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Guard {
    /// Who may call it.
    pub access: Access,
    /// What kind of act it is.
    pub audit: Audit,
    /// What may be kept of the answer.
    pub cache: Cache,
}

impl Guard {
    /// A look at what could name a plate, by somebody who is signed in.
    pub const LOOK: Self =
        Self { access: Access::Staff, audit: Audit::Look, cache: Cache::NoStore };
    /// A look at settings, by somebody who is signed in.
    pub const SETTINGS: Self =
        Self { access: Access::Staff, audit: Audit::Settings, cache: Cache::NoStore };
    /// A change by somebody who is signed in.
    pub const CHANGE: Self =
        Self { access: Access::Staff, audit: Audit::Change, cache: Cache::NoStore };
    /// A camera hands something in.
    pub const INGEST: Self =
        Self { access: Access::Camera, audit: Audit::Ingest, cache: Cache::NoStore };
    /// Open to anybody, kept by nobody.
    pub const PUBLIC: Self =
        Self { access: Access::Public, audit: Audit::Nothing, cache: Cache::NoStore };
}
