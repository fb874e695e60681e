use super::*;
use crate::math::activation::Activation;
use crate::math::elementary::tests::{floats, ulps, worst};
use crate::math::loss::{bce_terms, mse_terms};

/// A test that runs for each instruction set of this processor.
trait Check {
    fn check<I: Isa>(name: &str);
}

fn on_each_set<C: Check>() {
    C::check::<portable::Portable>("portable");
    #[cfg(target_arch = "aarch64")]
    C::check::<neon::Neon>("neon");
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            C::check::<avx2::Avx2>("avx2");
        }
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("fma") {
            C::check::<avx512::Avx512>("avx512");
        }
    }
}

/// Applies `f` to each number, vector by vector.
fn each<I: Isa>(numbers: &[f32], f: impl Fn(Vector<I>) -> Vector<I>) -> Vec<f32> {
    let vector = |chunk: &[f32]| Vector::from_fn(|lane| chunk[lane % chunk.len()]);
    let of = |chunk: &[f32]| f(vector(chunk)).lanes()[..chunk.len()].to_vec();
    numbers.chunks(I::LANES).flat_map(of).collect()
}

/// Every `step`-th f32 of either sign, infinities, and NaNs.
fn numbers(step: usize) -> Vec<f32> {
    let special = [f32::INFINITY, f32::NAN, f32::from_bits(0xFFC0_0001), 0.0, 10.0, 13.0];
    floats(f32::MAX, step).chain(special).flat_map(|x| [x, -x]).collect()
}

/// Asserts that values have the same bits or are both NaN.
fn assert_same(vectors: &[f32], alone: impl Iterator<Item = f32>, what: &str) {
    let alone: Vec<f32> = alone.collect();
    assert_eq!(vectors.len(), alone.len());
    for (n, (a, b)) in vectors.iter().zip(alone).enumerate() {
        assert!(a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()), "{what}: number {n}, {a:e} for {b:e}");
    }
}

#[test]
fn operations_that_round_once_do_what_f32_does() {
    struct Operations;
    impl Check for Operations {
        fn check<I: Isa>(name: &str) {
            fn same<I: Isa>(name: &str, numbers: &[f32], f: impl Fn(Vector<I>) -> Vector<I>, g: impl Fn(f32) -> f32) {
                assert_same(&each::<I>(numbers, f), numbers.iter().map(|x| g(*x)), name);
            }
            let (all, above) =
                (numbers(999_983), floats(f32::MAX, 99_991).filter(|x| *x >= 0.7072).collect::<Vec<_>>());
            let v = |x: f32| Vector::<I>::all(x);
            same::<I>(name, &all, |x| x + v(0.3), |x| x + 0.3);
            same::<I>(name, &all, |x| x - v(0.3), |x| x - 0.3);
            same::<I>(name, &all, |x| x * v(0.3), |x| x * 0.3);
            same::<I>(name, &all, |x| v(0.3) / x, |x| 0.3 / x);
            same::<I>(name, &all, |x| -x, |x| -x);
            same::<I>(name, &all, |x| x.abs(), f32::abs);
            same::<I>(name, &all, |x| x.abs().sqrt(), |x| x.abs().sqrt());
            same::<I>(name, &all, |x| x.at_least(v(-2.0)), |x| x.at_least(-2.0));
            same::<I>(name, &all, |x| x.at_least(v(0.0)), |x| x.at_least(0.0));
            same::<I>(name, &all, |x| x.at_most(v(2.0)), |x| x.at_most(2.0));
            same::<I>(name, &all, |x| v(2.0).with_sign_of(x), |x| 2f32.with_sign_of(x));
            same::<I>(name, &all, |x| x.if_negative(v(1.0), v(2.0)), |x| x.if_negative(1.0, 2.0));
            same::<I>(name, &all, |x| x.if_positive(v(1.0), v(2.0)), |x| x.if_positive(1.0, 2.0));
            same::<I>(name, &all, |x| x.high_half(), f32::high_half);
            same::<I>(
                name,
                &all,
                |x| Vector::larger(x.abs(), v(3.0)),
                |x| f32::from_bits(f32::larger(x.abs().to_bits(), 3f32.to_bits())),
            );
            same::<I>(name, &above, |x| x.mantissa().0, |x| x.mantissa().0);
            same::<I>(name, &above, |x| x.mantissa().1, |x| x.mantissa().1);
            let power = |n: f32| move |x: Vector<I>| x.times_power(Vector::all(n).nearest_whole(1.0).1);
            for n in [-60.0, -3.0, 0.0, 1.0, 40.0] {
                let near: Vec<f32> = floats(1e9, 999_983).filter(|x| *x > 1e-9).collect();
                assert_same(&each::<I>(&near, power(n)), near.iter().map(|x| x * n.exp2()), name);
            }
            for lane in 0..I::LANES {
                let bad = Vector::<I>::from_fn(|n| if n == lane { f32::NAN } else { 1.0 });
                assert_eq!(Vector::<I>::beyond(bad.magnitude_bits(), Vector::<I>::LARGEST), 1 << lane, "{name}");
            }
        }
    }
    on_each_set::<Operations>();
}

#[test]
fn multiply_and_add_round_once_where_a_set_says_so() {
    struct Fused;
    impl Check for Fused {
        fn check<I: Isa>(name: &str) {
            let [a, b, c] = [0.1f32, 0.3, -0.03];
            let once = (f64::from(a) * f64::from(b) + f64::from(c)) as f32;
            let expected = if I::FUSED { once } else { a * b + c };
            assert_ne!(once, a * b + c);
            assert_eq!(Vector::<I>::all(a).fma(Vector::all(b), Vector::all(c)).lanes()[0], expected, "{name}");
        }
    }
    on_each_set::<Fused>();
}

/// Largest error over `numbers`, in ulp.
fn error<I: Isa>(numbers: &[f32], f: impl Fn(Vector<I>) -> Vector<I>, exact: impl Fn(f64) -> f64) -> f64 {
    let values = each::<I>(numbers, f);
    worst(numbers.iter().zip(values).map(|(x, value)| ulps(value, exact(f64::from(*x)))))
}

#[test]
fn elementary_functions_are_as_right_as_f32s() {
    struct Functions;
    impl Check for Functions {
        fn check<I: Isa>(name: &str) {
            let numbers = |end: f32| floats(end, 997).collect::<Vec<f32>>();
            let at_most = |bound: f64, error: f64, what: &str| assert!(error <= bound, "{name}: {what} {error} ulp");
            // Bounds of the f32 tests: fused multiply-add makes no error larger.
            at_most(1.1, error::<I>(&numbers(87.0), |x| (-x).exp_negative(), |x| (-x).exp()), "exp");
            at_most(2.5, error::<I>(&numbers(2f32.powi(64)), Vector::log1p_positive, f64::ln_1p), "log1p");
            at_most(2.7, error::<I>(&numbers(f32::MAX), Vector::tanh_positive, f64::tanh), "tanh");
            let density = |x: f64| (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
            at_most(2.7, error::<I>(&numbers(13.0), Vector::normal_density, density), "density");
            let tail = |x: f64| 0.5 * libm::erfc(x / std::f64::consts::SQRT_2);
            at_most(5.5, error::<I>(&numbers(12.8), Vector::normal_tail, tail), "tail");
        }
    }
    on_each_set::<Functions>();
}

#[test]
fn what_does_not_fuse_does_what_f32_does() {
    struct Same;
    impl Check for Same {
        fn check<I: Isa>(name: &str) {
            if I::FUSED {
                return;
            }
            let all = numbers(999_983);
            for activation in Activation::ALL {
                let (a, b) = (each::<I>(&all, |z| activation.activate(z)), all.iter().map(|z| activation.activate(*z)));
                assert_same(&a, b, &format!("{name} {activation}"));
            }
            let one = Vector::<I>::all(1.0);
            assert_same(
                &each(&all, |z| bce_terms(z, one).gradient),
                all.iter().map(|z| bce_terms(*z, 1.0).gradient),
                name,
            );
            assert_same(&each(&all, |z| mse_terms(z, one).linear), all.iter().map(|z| mse_terms(*z, 1.0).linear), name);
        }
    }
    on_each_set::<Same>();
}

#[test]
fn sets_that_fuse_give_the_same_bits() {
    struct Bits;
    impl Check for Bits {
        fn check<I: Isa>(name: &str) {
            use std::sync::Mutex;
            static FIRST: Mutex<Vec<Vec<f32>>> = Mutex::new(Vec::new());
            if !I::FUSED {
                return;
            }
            let all = numbers(999_983);
            let results: Vec<Vec<f32>> = Activation::ALL
                .iter()
                .map(|activation| each::<I>(&all, |z| activation.slope(z, activation.activate(z))))
                .collect();
            let mut first = FIRST.lock().unwrap();
            if first.is_empty() {
                *first = results;
                return;
            }
            first.iter().zip(&results).for_each(|(a, b)| assert_same(b, a.iter().copied(), name));
        }
    }
    on_each_set::<Bits>();
}
