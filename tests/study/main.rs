//! The run on disk, with an engine that makes its results up: round trips, cuts, resuming, refusing, tables.

#![allow(clippy::single_range_in_vec_init, reason = "a list of one missing range is meant")]

mod chunks;
mod distributions;
mod fake;
mod folder;
mod many;
mod tables;
mod variance;
mod workers;
