//! The staff pages: server-made, usable without script.
