//! The bundles that come with the program.

use crate::support::bundle;

#[test]
fn every_bundle_that_is_shipped_can_be_read() {
    for (name, _) in policy::shipped() {
        let bundle = bundle(name);
        assert_eq!(bundle.settings().id, *name);
        assert_eq!(bundle.digest().len(), 64);
    }
}
