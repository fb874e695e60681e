//! `representatives.npz`: the weights of a few models per class, kept by every run.

use super::support::Place;
use gpu_sweep::npz::Npz;

#[test]
fn representatives_have_the_weights_of_the_sweep() {
    let place = Place::new();
    place.run("--device cpu --lr 0.05,1e30 --hidden 1/2 --seeds 40 --epochs 300 --save-weights --out study").ok();
    let read = |file: &str, name: &str| Npz::open(&place.path(file)).unwrap().read(name).unwrap();
    let few = |name: &str| read("study/representatives.npz", name).values;
    let (ids, classes, roles) = (few("model_id"), few("class"), few("role"));
    // The second cell's ids follow the first cell's.
    let cell = usize::from(ids[0] >= 80.0);
    let all = |name: &str| read(&format!("study/weights-{cell}.npz"), name).values;
    for name in ["init_w1", "init_b2", "final_w1", "final_b1", "final_w2"] {
        let (few, all) = (few(name), all(name));
        let width = few.len() / ids.len();
        assert_eq!(all.len(), 80 * width);
        for (row, id) in ids.iter().enumerate() {
            let theirs = &all[(*id as usize - 80 * cell) * width..][..width];
            let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&few[row * width..][..width]), bits(theirs), "{name} of model {id}");
        }
    }
    // At least diverged models and successes are present; each class begins with a best one.
    assert!(classes.contains(&0.0) && classes.contains(&1.0), "{classes:?}");
    let firsts = (0..ids.len()).filter(|n| *n == 0 || classes[n - 1] != classes[*n]);
    assert!(firsts.map(|n| roles[n]).all(|role| role == 0.0), "{classes:?} {roles:?}");
}

#[test]
fn they_come_back_where_they_are_gone_or_something_else_is_in_their_place() {
    let place = Place::new();
    let run = "--device cpu --models 40 --epochs 20 --quiet --out study";
    place.run(run).ok();
    let path = place.path("study/representatives.npz");
    let before = std::fs::read(&path).unwrap();
    place.write("hello.txt", "hello");
    let spoil: [&dyn Fn(); 3] = [
        &|| (),
        &|| std::fs::write(&path, "hello").unwrap(),
        #[cfg(unix)]
        &|| std::os::unix::fs::symlink(place.path("hello.txt"), &path).unwrap(),
        #[cfg(not(unix))]
        &|| (),
    ];
    for spoil in spoil {
        std::fs::remove_file(&path).unwrap();
        spoil();
        place.run(run).ok();
        assert!(std::fs::read(&path).unwrap() == before && place.read("hello.txt") == "hello");
    }
}
