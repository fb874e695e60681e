use super::*;
use parquet::file::reader::FileReader;
use parquet::file::serialized_reader::SerializedFileReader;

/// Returns rows `from` to before `to` of a table with every kind of column that row groups support.
fn rows(from: usize, to: usize) -> NamedColumns {
    let numbers = from as u64..to as u64;
    let names: [Arc<str>; 2] = ["a".into(), "b".into()];
    vec![
        ("whole", Column::Whole(numbers.clone().collect())),
        ("real", Column::Real(numbers.clone().map(|n| n as f64 * 0.1).collect())),
        ("maybe_real", Column::MaybeReal(numbers.clone().map(|n| (n % 3 > 0).then_some(n as f64)).collect())),
        ("maybe_int", Column::MaybeInt(numbers.clone().map(|n| (n % 5 > 0).then_some(n as i32)).collect())),
        ("text", Column::Text(numbers.clone().map(|n| if n % 2 == 0 { "even" } else { "odd" }).collect())),
        ("shared", Column::Shared(numbers.map(|n| Arc::clone(&names[usize::from(n > 20_000)])).collect())),
    ]
}

/// Writes a file from tables that end at these rows.
fn file(ends: &[usize]) -> Vec<u8> {
    let mut groups = RowGroups::new(Vec::new(), rows(0, 0), &[]).unwrap();
    let mut first = 0;
    for end in ends {
        groups.write(rows(first, *end)).unwrap();
        first = *end;
    }
    groups.finish().unwrap()
}

#[test]
fn bytes_do_not_depend_on_how_rows_are_divided_into_tables() {
    let size = RowGroups::<Vec<u8>>::ROWS;
    let all = 3 * size + 77;
    let whole = file(&[all]);
    let reader = SerializedFileReader::new(bytes::Bytes::from(whole.clone())).unwrap();
    let groups: Vec<i64> = reader.metadata().row_groups().iter().map(|group| group.num_rows()).collect();
    assert_eq!(groups, [size as i64, size as i64, size as i64, 77]);
    let ids =
        reader.get_row_iter(None).unwrap().map(|row| row.unwrap().get_column_iter().next().unwrap().1.to_string());
    assert!(ids.eq((0..all).map(|n| n.to_string())), "every row once, in order");
    for ends in [&[1, all][..], &[size, 2 * size, all], &[size - 1, size + 1, 3 * size, all], &[5, 2 * size + 5, all]] {
        assert!(file(ends) == whole, "{ends:?}");
    }
    assert_eq!(SerializedFileReader::new(bytes::Bytes::from(file(&[]))).unwrap().num_row_groups(), 0);
}
