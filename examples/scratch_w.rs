use gpu_sweep::dataset::*;
use gpu_sweep::engine::{Batch, Engine, Job, Record, Sink, gpu};
use gpu_sweep::model::Shape;
use gpu_sweep::sweep::*;
struct S(u64, Vec<Batch>);
impl Sink for S {
    fn accept(&mut self, b: Batch) -> gpu_sweep::Result<std::ops::ControlFlow<()>> {
        self.1.push(b);
        Ok(std::ops::ControlFlow::Continue(()))
    }
    fn progress(&mut self, n: u64) {
        self.0 += n;
    }
}
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let hidden: Vec<usize> = a[1].split(',').filter(|s| !s.is_empty()).map(|s| s.parse().unwrap()).collect();
    let models: u64 = a[2].parse().unwrap();
    let epochs: u32 = a[3].parse().unwrap();
    for l in gpu::device::list() {
        println!("{l:?}");
    }
    let t0 = std::time::Instant::now();
    let mut e = gpu::GpuEngine::new(&gpu::device::adapters()[0]).unwrap();
    println!("open {:?} {:?}", t0.elapsed(), e.info());
    let mut x = vec![];
    let mut y = vec![];
    let mut s = 12345u64;
    let mut r = || {
        s = s.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((s >> 40) as f64) / (1u64 << 24) as f64 * 4.0 - 2.0
    };
    for n in 0..200 {
        let c = n >= 100;
        x.push((if c { 5.0 } else { 1.0 } + r()) as f32 as f64);
        x.push((1.0 + r()) as f32 as f64);
        y.push(c);
    }
    let shape = Shape::new(2, &hidden).unwrap();
    let train = Points { features: 2, x, y };
    let mapping = a.get(4).cloned().unwrap_or_else(|| e.choose_mapping(&shape, 200).unwrap());
    let sweep =
        Sweep { models: Some(models), epochs, record_every: Some(1), curves: CurvesKept::All, ..Default::default() };
    let trials = Trials::of(&sweep, None).unwrap();
    let job = Job {
        shape,
        data: Dataset {
            name: "q".into(),
            train,
            test: None,
            feature_names: vec![],
            class_names: Default::default(),
            scaling: None,
        },
        record: Record::of(&sweep, &trials),
        trials,
        initial: Initial::Torch,
        epochs,
        mapping,
    };
    for _ in 0..3 {
        let t = std::time::Instant::now();
        let mut sink = S(0, vec![]);
        e.train(&job, 0..models, &mut sink).unwrap();
        let acc: f64 = sink
            .1
            .iter()
            .flat_map(|b| &b.outcomes)
            .map(|o| o.train.map_or(0.0, |s| s.correct as f64 / 200.0))
            .sum::<f64>()
            / models as f64;
        println!("{} train {:?} acc {acc} loss0 {:?}", job.mapping, t.elapsed(), &sink.1[0].curves.train_loss[..3]);
        println!("{:?}", e.phases());
    }
}
