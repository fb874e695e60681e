//! The real program, run as a user runs it: flags, exit codes, messages, folders.

mod bad_data;
mod bench;
mod boundary;
mod classes;
mod data_seeds;
mod edges;
mod environment;
mod family;
mod flags;
mod folder;
mod home;
mod landscape;
mod lr_find;
mod map;
mod messages;
mod movie;
mod page;
mod pictures;
mod replay;
mod report;
mod representatives;
mod seeds_needed;
mod study;
mod support;
mod terminal;
mod typed;
