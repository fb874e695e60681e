//! Exact area under the ROC curve: how well logits order the rows.

/// Returns twice the number of pairs of a row of label 1 and one of label 0 in which the former has the larger logit; a
/// pair with equal logits counts half. The factor makes it an integer. `None` if a class has no row or a logit is NaN.
pub fn ordered_pairs(logits: &[f64], labels: &[bool]) -> Option<u64> {
    assert_eq!(logits.len(), labels.len(), "a logit for each row");
    if labels.iter().all(|label| *label) || !labels.contains(&true) || logits.iter().any(|logit| logit.is_nan()) {
        return None;
    }
    let mut rows: Vec<(f64, bool)> = logits.iter().copied().zip(labels.iter().copied()).collect();
    rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    // 0 and -0 are equal, so chunks compare values, not bits.
    let (mut below, mut pairs) = (0, 0);
    for alike in rows.chunk_by(|a, b| a.0 == b.0) {
        let positives = alike.iter().filter(|(_, label)| *label).count() as u64;
        let negatives = alike.len() as u64 - positives;
        pairs += positives * (2 * below + negatives);
        below += negatives;
    }
    Some(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::rng::{Philox, Stream};
    use rand::Rng;

    /// Count pair by pair, from the definition.
    fn counted(logits: &[f64], labels: &[bool]) -> u64 {
        let rows = || logits.iter().zip(labels);
        let of = |positive: f64| {
            let twice = |negative: f64| if positive > negative { 2 } else { u64::from(positive == negative) };
            rows().filter(|(_, label)| !**label).map(|(negative, _)| twice(*negative)).sum::<u64>()
        };
        rows().filter(|(_, label)| **label).map(|(positive, _)| of(*positive)).sum()
    }

    #[test]
    fn pairs_are_counted_as_one_by_one() {
        let mut random = Philox::new(3, Stream::Data);
        for round in 0..400 {
            let (rows, steps) = (2 + random.next_u64() % 40, 1 + round % 12);
            // Few different values give many ties, including 0 and -0.
            let mut logit = || (random.next_u64() % steps) as f64 * -0.5;
            let logits: Vec<f64> = (0..rows).map(|_| logit()).collect();
            let mut labels: Vec<bool> = (0..rows).map(|n| n % (2 + round % 3) == 0).collect();
            labels[1] = false;
            assert_eq!(ordered_pairs(&logits, &labels), Some(counted(&logits, &labels)), "{logits:?} {labels:?}");
        }
    }

    #[test]
    fn known_areas() {
        let of = |logits: &[f64], labels: &[u8]| {
            ordered_pairs(logits, &labels.iter().map(|label| *label == 1).collect::<Vec<_>>())
        };
        // sklearn.metrics.roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) = 0.75: 6 of 2 × 2 × 2.
        assert_eq!(of(&[0.1, 0.4, 0.35, 0.8], &[0, 0, 1, 1]), Some(6));
        assert_eq!((of(&[1.0, 2.0, 3.0], &[0, 0, 1]), of(&[3.0, 2.0, 1.0], &[0, 0, 1])), (Some(4), Some(0)));
        assert_eq!((of(&[7.0; 5], &[0, 1, 1, 0, 1]), of(&[-0.0, 0.0], &[0, 1])), (Some(6), Some(1)));
        assert_eq!(
            (of(&[1.0, 2.0], &[1, 1]), of(&[1.0, 2.0], &[0, 0]), of(&[1.0, f64::NAN], &[0, 1])),
            (None, None, None)
        );
        assert_eq!(of(&[f64::NEG_INFINITY, f64::INFINITY], &[0, 1]), Some(2));
    }
}
