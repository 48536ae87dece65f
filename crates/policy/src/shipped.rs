//! The bundles and statute packs that come with the program.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::bundle::BundleFiles;

/// The statute packs, by their word.
static STATUTES: [(&str, &str); 11] = [
    ("CA", include_str!("../../../policies/statutes/CA.cedar")),
    ("ID", include_str!("../../../policies/statutes/ID.cedar")),
    ("IL", include_str!("../../../policies/statutes/IL.cedar")),
    ("MN", include_str!("../../../policies/statutes/MN.cedar")),
    ("MO", include_str!("../../../policies/statutes/MO.cedar")),
    ("NH", include_str!("../../../policies/statutes/NH.cedar")),
    ("NJ", include_str!("../../../policies/statutes/NJ.cedar")),
    ("TX", include_str!("../../../policies/statutes/TX.cedar")),
    ("US", include_str!("../../../policies/statutes/US.cedar")),
    ("VA", include_str!("../../../policies/statutes/VA.cedar")),
    ("WA", include_str!("../../../policies/statutes/WA.cedar")),
];

macro_rules! bundle {
    ($folder:literal) => {
        (
            $folder,
            BundleFiles {
                settings: text(include_str!(concat!(
                    "../../../policies/",
                    $folder,
                    "/bundle.toml"
                ))),
                rules: text(include_str!(concat!("../../../policies/", $folder, "/rules.cedar"))),
                statutes: STATUTES
                    .iter()
                    .map(|(pack, rules)| ((*pack).to_owned(), text(rules)))
                    .collect(),
                clauses: text(include_str!(concat!(
                    "../../../policies/",
                    $folder,
                    "/clauses.toml"
                ))),
                published: text(include_str!(concat!(
                    "../../../policies/",
                    $folder,
                    "/published.md"
                ))),
            },
        )
    };
}

const fn text(text: &'static str) -> Cow<'static, str> {
    Cow::Borrowed(text)
}

static SHIPPED: LazyLock<[(&str, BundleFiles); 5]> = LazyLock::new(|| {
    [
        bundle!("example"),
        bundle!("austin-tx"),
        bundle!("belton-mo"),
        bundle!("piedmont-ca"),
        bundle!("twin-falls-id"),
    ]
});

/// The bundles that come with the program, by the name of their folder; the neutral example first.
pub fn shipped() -> &'static [(&'static str, BundleFiles)] {
    SHIPPED.as_slice()
}

/// The statute packs that come with the program, by their word. None of them is legal advice.
pub fn statutes() -> &'static [(&'static str, &'static str)] {
    &STATUTES
}
