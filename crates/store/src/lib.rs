//! SQL: the control database, the day files or day partitions, the journal and its relay.
