//! The run on disk, with an engine that makes its results up: round trips, cuts, resuming, refusing, tables.

mod chunks;
mod fake;
mod folder;
mod many;
mod tables;
