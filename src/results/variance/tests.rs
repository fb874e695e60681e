use super::*;
use crate::engine::Score;
use crate::results::spec::tests::spec;
use crate::sweep::{Axis, CellColumn, Choices, Sweep};

/// Returns a study of 4 rates × 12 seeds × 3 data sets, which serve as data seeds.
fn crossed(edit: impl FnOnce(&mut Sweep)) -> StudySpec {
    spec(|sweep| {
        sweep.lr = Axis::parse("--lr", "0.1,0.2,0.3,0.4").unwrap();
        sweep.dataset = Choices::parse("--dataset", "moons,circles,xor").unwrap();
        sweep.models = Some(144);
        edit(sweep);
    })
}

/// Returns how many points a model classifies correctly, another pattern in each cell.
fn right(cell: usize, index: u64) -> u32 {
    (50 + 7 * cell as u64 + (13 * index + index * index / 3 + cell as u64 * index) % 31) as u32
}

/// Returns tables with all models, added `chunk` at a time; `diverges` decides by cell and index.
fn filled(spec: &StudySpec, random: Option<CellColumn>, chunk: u64, diverges: fn(usize, u64) -> bool) -> CrossedTables {
    let mut tables = CrossedTables::with_random(spec, random);
    for (cell, part) in spec.cells.iter().enumerate() {
        for first in (0..part.trials.len()).step_by(chunk as usize) {
            let outcome = |index| match diverges(cell, index) {
                true => Outcome { diverged: Some(3), ..Outcome::default() },
                false => Outcome {
                    train: Some(Score { loss: 0.5, correct: right(cell, index), correct_positive: 0, errors: None }),
                    ..Outcome::default()
                },
            };
            let outcomes = (first..part.trials.len().min(first + chunk)).map(outcome).collect();
            tables.add(spec, &ModelColumns { cell, first, outcomes });
        }
    }
    tables
}

/// Parses rows: `outcome component`, then the numbers.
fn rows(csv: &str) -> Vec<(String, Vec<Option<f64>>)> {
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        let numbers = fields[2..].iter().map(|text| (!text.is_empty()).then(|| text.parse().unwrap())).collect();
        (fields[..2].join(" "), numbers)
    };
    csv.lines().skip(1).map(row).collect()
}

impl CrossedTables {
    fn all_csv(&self) -> Option<String> {
        self.csv(&self.splits())
    }
}

#[test]
fn cells_that_differ_in_the_random_column_alone_are_levels_of_a_factor() {
    let spec = crossed(|_| ());
    let csv = filled(&spec, Some(CellColumn::Dataset), 1000, |_, _| false).all_csv().unwrap();
    assert!(csv.starts_with("outcome,component,variance,share,ci_low,ci_high,seeds,levels\n"));
    let rows = rows(&csv);
    let names: Vec<&str> = rows.iter().map(|(name, _)| name.as_str()).collect();
    let terms = ["lr", "seed", "data_seed", "lr:seed", "lr:data_seed", "seed:data_seed", "lr:seed:data_seed"];
    assert_eq!(names, ["success", "train_acc"].map(|outcome| terms.map(|term| format!("{outcome} {term}"))).concat());
    // Factors in the order of the statistics: data sets, seeds, rates. The bits of `term` are data, seed, rate.
    let points = f64::from(spec.cells[0].train.points);
    let values: Vec<f64> = (0..3).flat_map(|cell| (0..48).map(move |i| f64::from(right(cell, i)) / points)).collect();
    let random = |levels| Factor { levels, kind: FactorKind::Random };
    let factors = vec![random(3), random(12), Factor { levels: 4, kind: FactorKind::Fixed }];
    let components = CrossedTable::new(factors, values).components();
    for (row, term) in rows[7..].iter().zip([4, 2, 1, 6, 5, 3, 7]) {
        let VarianceComponent { variance, share, .. } = components[term - 1];
        assert_eq!(row.1, [Some(variance), share, None, None, Some(12.0), Some(4.0)], "{}", row.0);
    }
    // Without that column as a factor, each data set has a separate table.
    let csv = filled(&spec, None, 1000, |_, _| false).all_csv().unwrap();
    assert!(csv.starts_with("dataset,outcome,") && csv.lines().count() == 1 + 3 * 2 * 3);
    let interval = csv.lines().nth(4).unwrap().split(',').nth(5).unwrap();
    assert!(interval.parse::<f64>().unwrap().is_finite(), "twelve seeds have intervals: {csv}");
}

#[test]
fn chunks_do_not_matter() {
    let spec = crossed(|_| ());
    let whole = filled(&spec, Some(CellColumn::Dataset), 1000, |cell, i| cell == 1 && i == 5).all_csv();
    for chunk in [1, 5, 24] {
        assert_eq!(filled(&spec, Some(CellColumn::Dataset), chunk, |cell, i| cell == 1 && i == 5).all_csv(), whole);
    }
}

#[test]
fn a_rate_at_which_a_model_diverged_has_no_part_in_accuracies() {
    let spec = crossed(|_| ());
    let rows_of = |diverges| rows(&filled(&spec, Some(CellColumn::Dataset), 7, diverges).all_csv().unwrap());
    // Model 5 has the second learning rate.
    let some = rows_of(|cell, i| cell == 2 && i == 5);
    assert!(some[..7].iter().all(|row| row.1[5] == Some(4.0)) && some[7..].iter().all(|row| row.1[5] == Some(3.0)));
    let points = f64::from(spec.cells[0].train.points);
    let kept = |cell: usize| (0..48).filter(|i| i % 4 != 1).map(move |i| f64::from(right(cell, i)) / points);
    let random = |levels| Factor { levels, kind: FactorKind::Random };
    let factors = vec![random(3), random(12), Factor { levels: 3, kind: FactorKind::Fixed }];
    let expected = CrossedTable::new(factors, (0..3).flat_map(kept).collect()).components();
    assert_eq!(some[7].1[..2], [Some(expected[3].variance), expected[3].share]);
    // If one rate is left, or none, nothing is crossed.
    for (diverges, left) in [((|_, i| i % 4 > 0) as fn(usize, u64) -> bool, 1.0), (|_, _| true, 0.0)] {
        let rows = rows_of(diverges);
        assert!(rows[7..].iter().all(|row| row.1[..4] == [None; 4] && row.1[5] == Some(left)));
    }
    // All models fail: there is no variance.
    assert!(rows_of(|_, _| true)[..7].iter().all(|row| row.1[..2] == [Some(0.0), None]));
}

#[test]
fn what_is_not_crossed_has_no_table() {
    let none = |edit: fn(&mut Sweep)| CrossedTables::with_random(&crossed(edit), Some(CellColumn::Dataset)).all_csv();
    assert!(none(|_| ()).is_some());
    assert_eq!(none(|s| s.models = Some(144 + 3)), None, "a ragged last seed");
    assert_eq!(none(|s| s.independent_seeds = true), None);
    assert_eq!(none(|s| s.init_from = Some("weights.npz".into())), None);
    let one_rate = |s: &mut Sweep| s.lr = Axis::parse("--lr", "0.1").unwrap();
    assert_eq!(CrossedTables::with_random(&crossed(one_rate), None).all_csv(), None, "seeds alone");
    assert!(
        CrossedTables::with_random(&crossed(one_rate), Some(CellColumn::Dataset)).all_csv().is_some(),
        "seeds and data"
    );
    // One seed, two axes: there is no random factor.
    let two_axes = crossed(|s| {
        s.dataset = Choices::parse("--dataset", "moons").unwrap();
        s.init_scale = Some(Axis::parse("--init-scale", "1,2").unwrap());
        s.models = Some(8);
    });
    let csv = filled(&two_axes, Some(CellColumn::Dataset), 3, |_, _| false).all_csv().unwrap();
    let lines: Vec<&str> = csv.lines().map(|line| line.split(",0").next().unwrap()).collect();
    assert!(lines.contains(&"train_acc,lr:init_scale") && csv.lines().count() == 1 + 2 * 3, "{csv}");
}

#[test]
fn large_tables_are_of_the_first_seeds() {
    let models = |edit: fn(&mut Sweep)| {
        let tables = CrossedTables::with_random(&crossed(edit), Some(CellColumn::Dataset)).tables;
        tables.iter().map(|table| (table.seeds, table.models.len())).collect::<Vec<_>>()
    };
    assert_eq!(models(|s| s.models = Some(1_200_000)), [(100_000 / 12, 99_996)]);
    let wide = |s: &mut Sweep, rates: u32, seeds: u64| {
        s.lr = Axis::parse("--lr", &format!("linspace:0:1:{rates}")).unwrap();
        s.dataset = Choices::parse("--dataset", "moons").unwrap();
        s.models = Some(u64::from(rates) * seeds);
    };
    assert_eq!(models(|_| ()), [(12, 144)]);
    let table = |rates, seeds| {
        CrossedTables::with_random(&crossed(|s| wide(s, rates, seeds)), Some(CellColumn::Dataset)).tables
    };
    assert_eq!(table(50_000, 3)[0].seeds, 2);
    assert!(table(50_001, 3).is_empty(), "no room for two seeds");
}
