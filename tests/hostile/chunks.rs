//! Chunks with a valid checksum and invalid contents.

use crate::fuzz::seal::DIGITS;
use crate::fuzz::{self, chunk};
use crate::{LITTLE, refused, says};

#[test]
fn a_trillion_models_that_are_promised_are_not_there() {
    let sound = chunk::sound();
    let (labels, numbers) = sound.split_at(chunk::labels(&sound));
    let labels = String::from_utf8(labels.to_vec()).unwrap();
    let promised = labels.replace(&format!("[\"end\",\"{}\"]", chunk::MODELS), "[\"end\",\"1000000000000\"]");
    assert_ne!(labels, promised, "nothing to replace");
    let bytes = [promised.as_bytes(), numbers].concat();
    says(&refused(LITTLE, || chunk::open(&bytes)), &["damaged: end is 1000000000000, not 6"]);
}

#[test]
fn labels_without_an_end_are_refused() {
    for bytes in [vec![b'['; 4 << 20], vec![b'a'; 4 << 20], Vec::new(), b"\n".to_vec(), b"[]\n".to_vec()] {
        // Packing takes memory, too.
        says(&refused(LITTLE + 8 * bytes.len(), || chunk::open(&bytes)), &["damaged: "]);
    }
}

/// The file with one bit of byte `at` flipped: the lowest at even, the highest at odd positions.
fn changed(sound: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = sound.to_vec();
    bytes[at] ^= if at.is_multiple_of(2) { 0x01 } else { 0x80 };
    bytes
}

#[test]
fn no_changed_byte_of_the_labels_does_harm() {
    let sound = chunk::sound();
    let mut refused = 0;
    for at in 0..chunk::labels(&sound) {
        let bytes = changed(&sound, at);
        fuzz::run(chunk::chunk, &bytes);
        refused += usize::from(chunk::open(&bytes).is_err());
    }
    assert!(refused > 200, "only {refused} changes were noticed: were the bytes read?");
}

#[test]
fn no_changed_number_panics() {
    let sound = chunk::sound();
    (chunk::labels(&sound)..sound.len()).for_each(|at| fuzz::run(chunk::chunk, &changed(&sound, at)));
}

#[test]
fn no_changed_byte_of_the_packed_numbers_does_harm() {
    let packed = chunk::packed(&chunk::sound());
    let numbers = chunk::labels(&packed)..packed.len() - DIGITS;
    let mut intact = 0;
    for at in numbers.clone() {
        let open = || chunk::open_packed(changed(&packed, at)).iter().for_each(chunk::read);
        let ((), peak) = fuzz::memory::peak_of(open);
        assert!(peak <= LITTLE, "{peak} bytes of memory, byte {at}");
        intact += usize::from(chunk::open_packed(changed(&packed, at)).unwrap().models().is_ok());
    }
    assert!(intact < numbers.len() / 10, "{intact} changes were not noticed: were the bytes read?");
}

#[test]
fn numbers_that_end_early_are_damage_and_more_than_expected_are_not_read() {
    let sound = chunk::sound();
    for end in (chunk::labels(&sound)..sound.len()).step_by(7) {
        fuzz::run(chunk::chunk, &sound[..end]);
        let last = chunk::open(&sound[..end]).unwrap().final_weights().unwrap_err();
        says(&last.to_string(), &["damaged: "]);
    }
    let packed = fuzz::memory::unmeasured(|| chunk::packed(&[&sound[..], &vec![0; 64 << 20]].concat()));
    let chunk = chunk::open_packed(packed).unwrap();
    let ((), peak) = fuzz::memory::peak_of(|| chunk::read(&chunk));
    assert!(peak <= LITTLE, "{peak} bytes of memory");
}

#[test]
fn more_points_right_than_there_are_is_damage() {
    let sound = chunk::sound();
    let is_found = |at: &usize| {
        let mut bytes = sound.clone();
        bytes[*at] ^= 0x40;
        let models = chunk::open(&bytes).and_then(|chunk| chunk.models());
        models.is_err_and(|error| error.to_string().contains("more correct rows"))
    };
    let found = (chunk::labels(&sound)..sound.len()).filter(is_found).count();
    assert!(found > 20, "only {found} bytes belong to a number of points");
}
