//! Mappings against each other, and those that a device refuses.

use super::*;

#[test]
fn mappings_agree_within_rounding() {
    let mut engine = engine();
    let losses = MAPPINGS.map(|mapping| {
        let mut collected = train(&mut engine, &job(&[4, 3], 37, 9, 12, mapping));
        collected.batches.remove(0).curves.train_loss
    });
    for other in &losses[1..] {
        assert_eq!(other.len(), losses[0].len());
        // 37 points and 12 epochs in f32, summed in different orders: some ten rounding errors of 6e-8.
        assert!(other.iter().zip(&losses[0]).all(|(a, b)| (a - b).abs() <= 1e-6), "{other:?} {:?}", losses[0]);
    }
}

#[test]
fn a_mapping_beyond_the_device_is_refused_before_anything_runs() {
    let mut engine = engine();
    let error = engine.train(&job(&[16, 16], 9, 2, 1, "thread-64"), 0..2, &mut Collected::default()).unwrap_err();
    assert!(error.to_string().contains("up to 105 numbers"), "{error}");
    engine.device.limits.loop_iterations = 10;
    let error = engine.train(&job(&[1], 200, 2, 1, "thread-64"), 0..2, &mut Collected::default()).unwrap_err();
    assert!(error.to_string().contains("10 loop iterations"), "{error}");
}

#[test]
fn more_lanes_than_a_subgroup_has_are_refused() {
    let mut engine = engine();
    let device_limits::SubgroupSupport::Linear { least, .. } = engine.device.limits.subgroups else {
        panic!("the drivers that these tests know have subgroups: {:?}", engine.device.limits)
    };
    let job = job(&[1], 9, 2, 1, &format!("subgroup-{}-64", 2 * least));
    let error = engine.train(&job, 0..2, &mut Collected::default()).unwrap_err();
    assert!(error.to_string().contains(&format!("at most {least} lanes")), "{error}");
    engine.device.limits.subgroups = device_limits::SubgroupSupport::NotLinear;
    let error = engine.train(&job, 0..2, &mut Collected::default()).unwrap_err();
    assert!(error.to_string().contains("lanes are not in thread order"), "{error}");
}

/// Checked and unchecked kernels agree bit for bit in every mapping.
#[test]
fn checks_change_no_bit() {
    let [mut checked, mut plain] = [true, false].map(engine_checked);
    for mapping in MAPPINGS {
        let job = job(&[4, 3], 37, 70, 7, mapping);
        assert_eq!(differing(&train(&mut checked, &job), &train(&mut plain, &job)), 0, "{mapping}");
    }
}

/// Lanes of a subgroup and of a workgroup sum in the same order.
#[test]
fn subgroups_and_workgroups_give_the_same_bits() {
    let mut engine = engine();
    for lanes in [2, 4] {
        let [one, other] = ["subgroup", "workgroup"].map(|kind| {
            let job = job(&[4, 3], 37, 9, 12, &format!("{kind}-{lanes}-64"));
            train(&mut engine, &job)
        });
        assert_eq!(differing(&one, &other), 0, "{lanes} lanes");
    }
}
