//! Movie files: each frame as a full-size PNG, and all frames as an animated PNG of half that size.

use super::animation::{Animation, failed, halved};
use super::picture_files::replace;
use super::picture_kind::PictureKind;
use super::scene::Scene;
use super::{SIZE, scene_render};
use crate::error::{Error, Result};
use crate::parallel::*;
use std::path::{Path, PathBuf};

/// Seconds for which the last frame is shown before the movie repeats.
const HELD: f64 = 2.0;
/// Maximum number of frames: their file names have four digits.
const MOST_FRAMES: usize = 9999;

/// Playback settings of a movie.
#[derive(Debug, Clone, Copy)]
pub struct MoviePlayback {
    /// At least 1.
    pub frames_per_second: u16,
}

impl MoviePlayback {
    /// Draws `frames` scenes, several in parallel, into `folder`: `frames/frame-0001.png` and so on, then `movie.png`,
    /// which plays them in a loop and shows the last one for two seconds. Removes frames of an earlier movie first.
    /// Returns the files, the movie last; `None` if `stop` was true between frames, which leaves the frames so far.
    ///
    /// # Errors
    /// Errors of `scene`; [`Error::Picture`] for no frames, more than 9999, or 0 frames per second; [`Error::Io`].
    pub fn write(
        self,
        folder: &Path,
        frames: usize,
        scene: impl Fn(usize) -> Result<Scene> + Sync,
        stop: impl Fn() -> bool,
    ) -> Result<Option<Vec<PathBuf>>> {
        if !(1..=MOST_FRAMES).contains(&frames) {
            return Err(failed(format!("{frames} frames; allowed: 1 to {MOST_FRAMES}")));
        }
        if self.frames_per_second == 0 {
            return Err(failed("0 frames per second; allowed: 1 or more"));
        }
        let place = folder.join("frames");
        std::fs::create_dir_all(&place).map_err(Error::io(&place, "create"))?;
        remove_earlier(&place)?;
        let mut animation = Animation::new(SIZE.0 / 2, SIZE.1 / 2, self.frames_per_second);
        let (mut files, all) = (Vec::new(), (0..frames).collect::<Vec<_>>());
        // In small groups: drawing takes tens of megabytes per frame.
        for some in all.chunks(current_num_threads().max(1)) {
            if stop() {
                return Ok(None);
            }
            let drawn: Result<Vec<_>> = some.par_iter().map(|n| drawn(&place, *n, &scene(*n)?)).collect();
            for (path, small) in drawn? {
                animation.frame(&small)?;
                files.push(path);
            }
        }
        if stop() {
            return Ok(None);
        }
        files.push(replace(&folder.join(PictureKind::Movie.name()), "png", &animation.finish(HELD)?)?);
        Ok(Some(files))
    }
}

/// Writes frame `n`, from 0, and returns its path and its pixels at half the size.
fn drawn(place: &Path, n: usize, scene: &Scene) -> Result<(PathBuf, Vec<u8>)> {
    let pixels = scene_render::pixels(scene).map_err(failed)?;
    let png = scene_render::encoded(&pixels, SIZE).map_err(failed)?;
    let path = replace(&place.join(format!("frame-{:04}", n + 1)), "png", &png)?;
    Ok((path, halved(&pixels, SIZE.0 as usize)))
}

/// Removes earlier frames, which would otherwise follow those of a shorter movie.
fn remove_earlier(place: &Path) -> Result<()> {
    for entry in std::fs::read_dir(place).map_err(Error::io(place, "read"))? {
        let entry = entry.map_err(Error::io(place, "read"))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let number = name.strip_prefix("frame-").and_then(|rest| rest.strip_suffix(".png"));
        if number.is_some_and(|number| number.len() == 4 && number.bytes().all(|b| b.is_ascii_digit())) {
            std::fs::remove_file(entry.path()).map_err(Error::io(&entry.path(), "remove"))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::scene::Align;
    use crate::plot::theme::{BLUE, TITLE};

    /// A bar that grows with `n`.
    fn bar(n: usize) -> Result<Scene> {
        let mut scene = Scene::default();
        scene.rectangle((100.0, 400.0), (100.0 + 100.0 * n as f64, 600.0), BLUE);
        scene.text((100.0, 300.0), n.to_string(), TITLE, Align::Start);
        Ok(scene)
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn all_frames_and_the_movie_are_there_and_no_frame_of_an_earlier_one() {
        let folder = tempfile::tempdir().unwrap();
        let animation = MoviePlayback { frames_per_second: 12 };
        std::fs::create_dir(folder.path().join("frames")).unwrap();
        for name in ["frame-0004.png", "frame-mine.png"] {
            std::fs::write(folder.path().join("frames").join(name), "x").unwrap();
        }
        let files = animation.write(folder.path(), 3, bar, || false).unwrap().unwrap();
        assert_eq!(files.len(), 4);
        let frames = ["frame-0001.png", "frame-0002.png", "frame-0003.png", "frame-mine.png"];
        assert_eq!(names(&folder.path().join("frames")), frames);
        let movie = std::fs::read(folder.path().join("movie.png")).unwrap();
        let reader = png::Decoder::new(&movie[..]).read_info().unwrap();
        assert_eq!(reader.info().animation_control().unwrap().num_frames, 3);
        assert_eq!((reader.info().width, reader.info().height), (800, 500));
    }

    #[test]
    fn a_stop_leaves_whole_frames_and_no_movie() {
        let folder = tempfile::tempdir().unwrap();
        let asked = std::cell::Cell::new(0);
        let stop = || asked.replace(asked.get() + 1) > 0;
        assert!(MoviePlayback { frames_per_second: 12 }.write(folder.path(), 500, bar, stop).unwrap().is_none());
        let there = names(&folder.path().join("frames"));
        assert!(there.len() < 500 && there.iter().all(|name| name.ends_with(".png")), "{there:?}");
        assert!(!folder.path().join("movie.png").exists());
    }

    #[test]
    fn too_many_frames_are_refused_before_any_is_drawn() {
        let folder = tempfile::tempdir().unwrap();
        for frames in [0, 10_000] {
            assert!(MoviePlayback { frames_per_second: 12 }.write(folder.path(), frames, bar, || false).is_err());
        }
        assert!(names(folder.path()).is_empty());
    }
}
