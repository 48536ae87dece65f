//! Use cases, one file each, and the tasks that run by themselves.
