//! What may be said of counts: how sure a share is, and which small numbers are withheld.

mod cells;
mod quarter;
mod share;

pub use cells::{Cell, Shown, Table};
pub use quarter::Quarter;
pub use share::{Share, TOO_FEW};
