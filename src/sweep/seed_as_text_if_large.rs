//! TOML has no integers beyond 2^63 - 1: a larger seed is written as text.

use serde::{Deserialize, Deserializer, Serializer, de::Error};

pub fn serialize<S: Serializer>(seed: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    match i64::try_from(*seed) {
        Ok(number) => serializer.serialize_i64(number),
        Err(_) => serializer.serialize_str(&seed.to_string()),
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Seed {
    Number(u64),
    Text(String),
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    match Seed::deserialize(deserializer)? {
        Seed::Number(number) => Ok(number),
        Seed::Text(text) => text.parse().map_err(|_| D::Error::custom("a seed is a whole number below 2^64")),
    }
}
