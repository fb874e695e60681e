//! Studies on disk with a fake engine: round trips, splitting, resuming, rejection, tables.

#![allow(clippy::single_range_in_vec_init, reason = "a list of one missing range is meant")]

mod chunks;
mod distributions;
mod fake;
mod folder;
mod many;
mod tables;
mod variance;
mod workers;
