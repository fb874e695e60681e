use super::*;
use rand::Rng;

/// Losses over 25 octaves, some of them equal.
fn losses(n: u64) -> Vec<(u64, f64)> {
    let loss = |id: u64| ((sampling_key(id + 1_000_000) % 5000) as f64 / 200.0 - 20.0).exp2();
    (0..n).map(|id| (id, loss(id))).collect()
}

fn all(list: &[(u64, f64)], groups: u64) -> FinalLosses {
    let mut losses = FinalLosses::with_group_count(groups);
    list.iter().for_each(|(id, loss)| losses.add(*id, *loss));
    losses
}

/// Order statistics on both sides of the quantile, by a full sort.
fn around(list: &[(u64, f64)], q: f64) -> (f64, f64) {
    let mut sorted: Vec<f64> = list.iter().map(|(_, loss)| *loss).collect();
    sorted.sort_by(f64::total_cmp);
    let at = q * (sorted.len() - 1) as f64;
    (sorted[at.floor() as usize], sorted[at.ceil() as usize])
}

/// Quantile interpolated between the two.
fn quantile(list: &[(u64, f64)], q: f64) -> f64 {
    let (low, high) = around(list, q);
    low + (high - low) * (q * (list.len() - 1) as f64).fract()
}

const QS: [f64; 7] = [0.0, 0.01, 0.25, 0.5, 0.9, 0.99, 1.0];

#[test]
fn few_are_exact_and_many_within_half_a_percent() {
    for n in [1, 2, 2048, 2049, 30_000] {
        let list = losses(n);
        let found = all(&list, 40);
        for q in QS {
            let (value, (low, high)) = (found.quantile(q).unwrap(), around(&list, q));
            match n {
                0..=2048 => assert_eq!(value, quantile(&list, q), "{n} {q}"),
                _ => assert!((low * 0.995..=high * 1.005).contains(&value), "{n} {q}: {value}, {low} to {high}"),
            }
        }
        assert_eq!((found.len(), found.sample().len() as u64), (n, n.min(2048)));
    }
    // The sketch nearly reaches its error bound, so the bound is not trivially met.
    let list = losses(30_000);
    let worst = (1..100).map(|i| f64::from(i) / 100.0).map(|q| all(&list, 1).quantile(q).unwrap() / quantile(&list, q));
    assert!(worst.map(|ratio| (ratio - 1.0).abs()).fold(0.0, f64::max) > 0.002);
}

#[test]
fn nothing_is_nothing_and_equal_losses_are_themselves() {
    let none = FinalLosses::default();
    assert_eq!((none.len(), none.quantile(0.5), none.sample(), none.is_empty()), (0, None, vec![], true));
    let ln2: Vec<(u64, f64)> = (0..5000).map(|id| (id, std::f64::consts::LN_2)).collect();
    assert_eq!(all(&ln2, 1).quantiles(&[0.1, 0.5]), [Some(std::f64::consts::LN_2); 2]);
}

#[test]
fn neither_order_nor_parts_matter() {
    for (n, groups) in [(3, 1), (40, 20_000), (2048, 1), (2049, 1), (5000, 1), (9000, 1000), (9000, 20_000)] {
        let list = losses(n);
        let whole = all(&list, groups);
        let reversed: Vec<_> = list.iter().rev().copied().collect();
        assert_eq!(all(&reversed, groups), whole, "{n} {groups}");
        for pieces in [2, 3, 7] {
            let part = |p: usize| {
                let list: Vec<_> =
                    list.iter().filter(|(id, _)| sampling_key(id + 7) as usize % pieces == p).copied().collect();
                all(&list, groups)
            };
            let parts: Vec<FinalLosses> = (0..pieces).map(part).collect();
            let join = |order: &mut dyn Iterator<Item = &FinalLosses>| {
                let mut joined = FinalLosses::with_group_count(groups);
                order.for_each(|part| joined.merge(part));
                joined
            };
            let (there, back) = (join(&mut parts.iter()), join(&mut parts.iter().rev()));
            assert!(there == whole && back == whole, "{n} {groups} {pieces}");
            assert_eq!(
                there.quantiles(&QS).map(|q| q.map(f64::to_bits)),
                whole.quantiles(&QS).map(|q| q.map(f64::to_bits))
            );
        }
    }
    // One more loss, or a different one, makes a difference.
    let list = losses(5000);
    let mut other = list.clone();
    other[4999].1 *= 2.0;
    assert!(all(&list, 1) != all(&list[..4999], 1) && all(&list, 1) != all(&other, 1));
}

#[test]
fn who_has_less_room_decides() {
    let list = losses(3000);
    let (mut wide, narrow) = (all(&list[..1500], 1), all(&list[1500..], 1000));
    assert_eq!((wide.room(), narrow.room()), (2048, 256));
    let mut back = narrow.clone();
    back.merge(&wide);
    wide.merge(&narrow);
    assert_eq!((wide.clone(), back), (all(&list, 1000), all(&list, 1000)));
    assert_eq!(wide.sample().len(), 256);
}

#[test]
fn far_apart_losses_keep_their_places_whatever_came_first() {
    // The range of f32, without losses that count as 0.
    let wide: Vec<(u64, f64)> =
        (0..3000).map(|id| (id, 10f64.powf(sampling_key(id) as f64 / u64::MAX as f64 * 68.0 - 29.9))).collect();
    let mut sorted = wide.clone();
    sorted.sort_by(|a, b| a.1.total_cmp(&b.1));
    let (rising, falling) = (all(&sorted, 1), all(&sorted.iter().rev().copied().collect::<Vec<_>>(), 1));
    assert!(rising == falling && rising == all(&wide, 1));
    for q in QS {
        let (value, (low, high)) = (rising.quantile(q).unwrap(), around(&wide, q));
        assert!((low * 0.995..=high * 1.005).contains(&value), "{q}: {value}, {low} to {high}");
    }
}

#[test]
fn memory_is_bounded_whatever_the_losses() {
    let mut random = crate::math::rng::Philox::new(5, crate::math::rng::Stream::Data);
    for groups in [1, 1000, 100_000] {
        let mut losses = FinalLosses::with_group_count(groups);
        for id in 0..100_000 {
            let loss = f64::from_bits(random.next_u64() >> 1);
            if loss.is_finite() {
                losses.add(id, loss);
            }
        }
        let bins = losses.sketch.as_ref().unwrap().length();
        assert!(losses.kept.capacity() <= 2 * losses.room() && bins <= BINS as usize, "{bins}");
    }
    let one = all(&losses(1), 1);
    assert!(std::mem::size_of::<FinalLosses>() <= 40 && one.kept.capacity() <= 4 && one.sketch.is_none());
}

#[test]
fn the_sample_takes_each_model_with_the_same_chance() {
    // Mean id of the sample from 20,000, in standard errors of a mean of 2048 drawn without replacement.
    let list: Vec<(u64, f64)> = (0..20_000).map(|id| (id, id as f64)).collect();
    let sample = all(&list, 1).sample();
    let (n, all) = (sample.len() as f64, 20_000.0f64);
    let error = ((all * all / 12.0) / n * (1.0 - n / all)).sqrt();
    assert!(((sample.iter().sum::<f64>() / n - (all - 1.0) / 2.0) / error).abs() < 3.0);
    let tenths = (0..10).map(|t| sample.iter().filter(|id| (**id / 2000.0) as u32 == t).count() as f64);
    let squares: f64 = tenths.map(|found| (found - n / 10.0).powi(2) / (n / 10.0)).sum();
    // The 99.9 % point of χ² with nine degrees of freedom.
    assert!(squares < 27.9, "{squares}");
}
