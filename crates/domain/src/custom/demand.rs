//! What an entry of each category has to say.

use crate::hotlist::Category;
use crate::words::words;

words! {
    /// Something that an entry has to say.
    Demand {
        /// The number of the case.
        Case = "case", "Case number";
        /// The number of the record at its source.
        Reference = "reference", "Reference";
        /// The offence.
        Offence = "offence", "Offence";
        /// Who is missing.
        Person = "person", "Who is missing";
        /// What the vehicle looks like: its make or colour.
        Vehicle = "vehicle", "Make or colour";
    }
}

/// What an entry of a category has to say, whatever a bundle asks for beside it; reason and expiry belong to each. A partial
/// plate has to describe the vehicle too.
pub const fn demands(category: Category) -> &'static [Demand] {
    use Demand::{Case, Offence, Person, Vehicle};
    match category {
        Category::AmberAlert | Category::MissingPerson => &[Case, Person],
        Category::WantedPerson | Category::Investigation => &[Case, Offence],
        Category::StolenVehicle => &[Case, Vehicle],
        Category::StolenPlate => &[Case],
    }
}
